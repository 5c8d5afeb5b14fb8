import type { ServiceEnvironment } from '../environment.js';

/** What a span is about: names of sources and types, figures; never data of a patient. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  readonly kind: 'consumer' | 'server' | 'internal';
  /** W3C `traceparent` of the act that caused this one. */
  readonly parent?: string | undefined;
  readonly attributes?: SpanAttributes;
}

export interface TraceSpan {
  /** For what this act causes in turn; absent when nothing is traced. */
  readonly traceparent: string | undefined;
  /** Call once; `fault` says that the act failed. Of it the name is kept only: messages may quote data. */
  end(fault?: unknown): void;
}

/** Spans of one service, sent to a collector over OTLP/HTTP when there is one. */
export interface Tracing {
  readonly isOn: boolean;
  startSpan(name: string, options: SpanOptions): TraceSpan;
  /** Sends what is waiting. */
  close(): Promise<void>;
}

/** Passes on the trace that it is given, and adds nothing to it. */
export const noTracing: Tracing = {
  isOn: false,
  startSpan: (_name, { parent }) => ({ traceparent: parent, end: () => {} }),
  close: () => Promise.resolve(),
};

/**
 * Off unless `OTEL_EXPORTER_OTLP_ENDPOINT` (or that for traces) is set: the library is loaded only then. The variables are
 * those of the OpenTelemetry specification.
 */
export async function createTracing(environment: ServiceEnvironment): Promise<Tracing> {
  const base = environment.find('OTEL_EXPORTER_OTLP_ENDPOINT');
  const url =
    environment.find('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ??
    (base === undefined ? undefined : `${base.replace(/\/+$/, '')}/v1/traces`);
  if (url === undefined) return noTracing;
  const { OtlpTracing } = await import('./otlp-tracing.js');
  return new OtlpTracing(environment.serviceName, url, environment.number('OTEL_TRACES_SAMPLER_ARG', 1));
}
