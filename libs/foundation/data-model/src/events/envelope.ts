import type { Ura } from '../identifiers.js';
import type { EventPayloads, EventType } from './catalogue.js';

/** An event as it travels: the same on every engine. */
export interface EventEnvelope<T extends EventType = EventType> {
  readonly id: string;
  readonly type: T;
  readonly version: number;
  /** Ordering key: events of one key are handled in order. A keyed hash or a random id, never patient data. */
  readonly key: string;
  /** The custodian on whose behalf the event exists, or null for events of no custodian. */
  readonly tenant: Ura | null;
  readonly occurredAt: string;
  /** W3C trace context of the act that caused the event. */
  readonly traceparent?: string;
  readonly payload: EventPayloads[T];
}

/** What a publisher supplies; the rest of the envelope is filled in by the log. */
export interface NewEvent<T extends EventType = EventType> {
  readonly type: T;
  readonly key: string;
  readonly tenant: Ura | null;
  readonly payload: EventPayloads[T];
  readonly traceparent?: string;
}
