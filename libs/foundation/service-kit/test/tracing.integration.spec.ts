import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EventEnvelope } from '@samenhang/data-model';
import type { EventConsumer, EventLog, Transaction } from '@samenhang/event-log';
import { createTracing, ServiceEnvironment, TracedEventLog, type Tracing } from '@samenhang/service-kit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  status: { code?: number; message?: string };
  service: string;
}

/** A collector: takes OTLP over HTTP, in JSON. */
class Collector {
  readonly spans: ReceivedSpan[] = [];
  readonly bodies: string[] = [];
  #server: Server | undefined;

  async start(): Promise<string> {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        this.bodies.push(body);
        if (request.url === '/v1/traces') this.#take(JSON.parse(body) as OtlpRequest);
        response.setHeader('content-type', 'application/json').end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#server = server;
    return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  }

  stop(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }

  #take({ resourceSpans }: OtlpRequest): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
      for (const { spans } of scopeSpans) this.spans.push(...spans.map((span) => ({ ...span, service })));
    }
  }
}

interface OtlpRequest {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { spans: Omit<ReceivedSpan, 'service'>[] }[];
  }[];
}

const environment = (variables: Record<string, string>): ServiceEnvironment =>
  new ServiceEnvironment('normalise', 7, variables);

const transaction: Transaction = { query: () => Promise.resolve([]) };

function event(traceparent?: string): EventEnvelope {
  return {
    type: 'source-message.received',
    key: 'keyed-hash',
    tenant: '22222222',
    payload: { content: 'secret' },
    ...(traceparent === undefined ? {} : { traceparent }),
  } as unknown as EventEnvelope;
}

/** The consumer as the log gets it. */
function subscribed(consumer: EventConsumer, tracing: Tracing): EventConsumer {
  let found: EventConsumer | undefined;
  const log = { subscribe: (wrapped: EventConsumer) => void (found = wrapped) } as unknown as EventLog;
  new TracedEventLog(log, tracing).subscribe(consumer);
  if (found === undefined) throw new Error('nobody subscribed');
  return found;
}

describe('tracing', () => {
  const collector = new Collector();
  let tracing: Tracing;

  beforeAll(async () => {
    const url = await collector.start();
    tracing = await createTracing(environment({ OTEL_EXPORTER_OTLP_ENDPOINT: url }));
  });
  afterAll(async () => {
    await tracing.close();
    collector.stop();
  });

  it('links the acts that a message causes, from one service to the next', async () => {
    const received = tracing.startSpan('ingest.receive', { kind: 'server', attributes: { source: 'his' } });
    let handed: readonly EventEnvelope[] = [];
    const consumer = subscribed(
      {
        group: 'normalise',
        type: 'source-message.received',
        handle: (_transaction, events) => {
          handed = events;
          return Promise.resolve();
        },
      },
      tracing,
    );
    await consumer.handle(transaction, [event(received.traceparent), event()]);
    received.end();
    await vi.waitFor(() => expect(collector.spans).toHaveLength(2), { timeout: 5_000 });
    const [first, second] = ['ingest.receive', 'normalise'].map((name) =>
      collector.spans.find((span) => span.name === name),
    );
    expect(second).toMatchObject({
      traceId: first?.traceId,
      parentSpanId: first?.spanId,
      service: 'normalise',
    });
    expect(handed.map(({ traceparent }) => traceparent)).toEqual([
      `00-${first?.traceId ?? ''}-${second?.spanId ?? ''}-01`,
      undefined,
    ]);
    expect(collector.bodies.join()).not.toMatch(/secret|keyed-hash/);
  });

  it('shows a failed act by the name of its fault', async () => {
    const consumer = subscribed(
      {
        group: 'record',
        type: 'source-message.received',
        handle: () => Promise.reject(new TypeError('900186021 is no date')),
      },
      tracing,
    );
    const parent = tracing.startSpan('ingest.receive', { kind: 'server' });
    await expect(consumer.handle(transaction, [event(parent.traceparent)])).rejects.toThrow('no date');
    await vi.waitFor(
      () =>
        expect(collector.spans.find(({ name }) => name === 'record')?.status).toMatchObject({
          code: 2,
          message: 'TypeError',
        }),
      { timeout: 5_000 },
    );
    expect(collector.bodies.join()).not.toContain('900186021');
  });

  it('begins anew where the trace it is given is none', () => {
    for (const parent of ['nonsense', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`]) {
      const { traceparent } = tracing.startSpan('x', { kind: 'internal', parent });
      expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      expect(traceparent).not.toContain('0'.repeat(16));
    }
  });

  it('is off without a collector: traces are passed on untouched', async () => {
    const off = await createTracing(environment({}));
    expect(off.isOn).toBe(false);
    expect(off.startSpan('x', { kind: 'internal' }).traceparent).toBeUndefined();
    expect(off.startSpan('x', { kind: 'internal', parent: 'given' }).traceparent).toBe('given');
  });

  it('does not hold up a stop when the collector is away', async () => {
    const away = await createTracing(environment({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }));
    away.startSpan('x', { kind: 'internal' }).end();
    await expect(away.close()).resolves.toBeUndefined();
  });
});
