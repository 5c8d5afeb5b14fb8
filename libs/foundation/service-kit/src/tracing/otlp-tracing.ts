import { setTimeout as wait } from 'node:timers/promises';
import {
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { SpanOptions, TraceSpan, Tracing } from './tracing.js';

const kinds = {
  consumer: SpanKind.CONSUMER,
  server: SpanKind.SERVER,
  internal: SpanKind.INTERNAL,
} as const;

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const SEND_AFTER_MS = 1_000;
const LONGEST_FAREWELL_MS = 2_000;

/** In one process each service has a provider of its own: nothing global, so that every span names its service. */
export class OtlpTracing implements Tracing {
  readonly isOn = true;
  readonly #provider: BasicTracerProvider;

  /** @param ratio share of traces that are kept; those that began elsewhere follow the decision made there */
  constructor(service: string, url: string, ratio: number) {
    this.#provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'samenhang' }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
      spanProcessors: [
        new BatchSpanProcessor(new OTLPTraceExporter({ url }), { scheduledDelayMillis: SEND_AFTER_MS }),
      ],
    });
  }

  startSpan(name: string, { kind, parent, attributes }: SpanOptions): TraceSpan {
    const tracer = this.#provider.getTracer('samenhang');
    const span = tracer.startSpan(
      name,
      { kind: kinds[kind], attributes: attributes ?? {} },
      contextOf(parent),
    );
    const { traceId, spanId, traceFlags } = span.spanContext();
    return {
      traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
      end: (fault) => {
        if (fault !== undefined) {
          const message = fault instanceof Error ? fault.name : 'Error';
          span.setStatus({ code: SpanStatusCode.ERROR, message });
        }
        span.end();
      },
    };
  }

  async close(): Promise<void> {
    const sent = this.#provider.shutdown().catch(() => {});
    // A collector that is away must not hold up a stop.
    await Promise.race([sent, wait(LONGEST_FAREWELL_MS, undefined, { ref: false })]);
  }
}

/** W3C Trace Context, section 3.2; what is not valid begins a new trace (section 3.3). */
function contextOf(traceparent: string | undefined): Context {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(context) ? trace.setSpanContext(ROOT_CONTEXT, context) : ROOT_CONTEXT;
}
