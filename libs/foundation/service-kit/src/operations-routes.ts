import type { EventLog } from '@samenhang/event-log';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Histogram, type Registry } from 'prom-client';
import type { OutsideServices } from './outbound/outside-services.js';
import type { StatusCounts, StatusProblem, StatusProblems } from './tokens.js';

export interface OperationsSources {
  readonly service: string;
  readonly metrics: Registry;
  readonly eventLog: EventLog | undefined;
  readonly outside: OutsideServices;
  readonly isReady: () => Promise<boolean>;
  readonly statusCounts: () => StatusCounts | undefined;
  readonly statusProblems: () => StatusProblems | undefined;
}

let processMetricsTaken = false;

/** Health, metrics and status: for the operator's own network, without patient data and therefore without a token. */
export function installOperationsRoutes(fastify: FastifyInstance, sources: OperationsSources): void {
  fastify.get('/health/live', () => ({ status: 'live' }));
  fastify.get('/health/ready', async (_request, reply) => {
    const ready = await sources.isReady();
    const problems = ready ? await problemsOf(sources) : [unreachableDatabase];
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not-ready', problems });
  });
  fastify.get('/status', async () => ({
    service: sources.service,
    counts: (await sources.statusCounts()?.()) ?? {},
    lag: (await sources.eventLog?.lag()) ?? [],
    outside: sources.outside.list(),
    problems: await problemsOf(sources),
  }));
  fastify.get('/metrics', async (_request, reply) =>
    reply.type(sources.metrics.contentType).send(await sources.metrics.metrics()),
  );
  measureRequests(fastify, sources);
}

/** A consumer this far behind will not catch up unseen. */
const LARGE_LAG = 10_000;

const unreachableDatabase: StatusProblem = {
  code: 'database-unreachable',
  text: 'The database does not answer',
};

/** What is wrong, though the service serves: none of it is mended by sending requests elsewhere. */
async function problemsOf({
  eventLog,
  outside,
  statusProblems,
}: OperationsSources): Promise<StatusProblem[]> {
  const lags = (await eventLog?.lag()) ?? [];
  const ofConsumers = lags.flatMap(({ type, waiting, parked }): StatusProblem[] => [
    ...(parked === 0
      ? []
      : [
          {
            code: 'events-parked',
            text: `${String(parked)} events of ${type} are parked: handling them fails`,
          },
        ]),
    ...(waiting < LARGE_LAG
      ? []
      : [{ code: 'log-lag', text: `${String(waiting)} or more events of ${type} are waiting` }]),
  ]);
  const ofService = (await statusProblems()?.()) ?? [];
  // What the service itself says of a service outside tells what follows from it.
  const said = new Set(ofService.map((problem) => problem.outside));
  const ofOutside = outside.problems().filter((problem) => !said.has(problem.outside));
  return [...ofConsumers, ...ofService, ...ofOutside];
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
