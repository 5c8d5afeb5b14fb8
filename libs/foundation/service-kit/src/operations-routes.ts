import type { EventLog } from '@samenhang/event-log';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Histogram, type Registry } from 'prom-client';
import type { StatusCounts } from './tokens.js';

export interface OperationsSources {
  readonly service: string;
  readonly metrics: Registry;
  readonly eventLog: EventLog | undefined;
  readonly isReady: () => Promise<boolean>;
  readonly statusCounts: () => StatusCounts | undefined;
}

let processMetricsTaken = false;

/** Health, metrics and status: for the operator's own network, without patient data and therefore without a token. */
export function installOperationsRoutes(fastify: FastifyInstance, sources: OperationsSources): void {
  fastify.get('/health/live', () => ({ status: 'live' }));
  fastify.get('/health/ready', async (_request, reply) => {
    const ready = await sources.isReady();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not-ready' });
  });
  fastify.get('/status', async () => ({
    service: sources.service,
    counts: (await sources.statusCounts()?.()) ?? {},
    lag: (await sources.eventLog?.lag()) ?? [],
  }));
  fastify.get('/metrics', async (_request, reply) =>
    reply.type(sources.metrics.contentType).send(await sources.metrics.metrics()),
  );
  measureRequests(fastify, sources);
}

function measureRequests(fastify: FastifyInstance, { metrics, service }: OperationsSources): void {
  metrics.setDefaultLabels({ service });
  if (!processMetricsTaken) {
    processMetricsTaken = true;
    collectDefaultMetrics({ register: metrics });
  }
  const duration = new Histogram({
    name: 'samenhang_http_request_seconds',
    help: 'Time from request to response, by route pattern',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [metrics],
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    // The pattern of the route, never the URL: a URL may hold identifiers.
    const route = request.routeOptions.url ?? 'none';
    duration.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
}
