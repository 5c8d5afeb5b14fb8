import { eventTypes, type EventEnvelope, type EventType } from '@samenhang/data-model';
import type { Delivery, Place } from '@samenhang/event-log';
import type { StoredEvent } from '@samenhang/event-log-postgres';
import type { IHeaders, KafkaMessage, Message } from 'kafkajs';

/**
 * An event on the wire: the payload is the value, the key is the event's key (a hash), and the rest of the envelope
 * are headers, none of which holds patient data.
 */
export function toMessage({ header, producer, place, payloadText }: StoredEvent): Message {
  const headers: IHeaders = {
    id: header.id,
    type: header.type,
    version: String(header.version),
    producer,
    position: `${place.tx}.${place.position}`,
    occurredAt: header.occurredAt,
  };
  if (header.tenant !== null) headers['tenant'] = header.tenant;
  if (header.traceparent !== undefined) headers['traceparent'] = header.traceparent;
  return { key: header.key, value: payloadText, headers };
}

interface Origin {
  readonly topic: string;
  readonly partition: number;
  readonly type: EventType;
}

/** Never throws: a message that is not ours or is damaged becomes a delivery that will be parked. */
export function toDelivery(message: KafkaMessage, origin: Origin): Delivery {
  const payloadText = storable(message.value);
  const header = (name: string): string | undefined => {
    const value = message.headers?.[name];
    return value === undefined ? undefined : storable(value.toString());
  };
  const place = parsePlace(header('position'));
  const producer = header('producer');
  const event = {
    id: header('id') ?? `${origin.topic}/${origin.partition}/${message.offset}`,
    type: typeOf(header('type')) ?? origin.type,
    version: versionOf(header('version')),
    key: storable(message.key),
    tenant: (header('tenant') ?? null) as EventEnvelope['tenant'],
    occurredAt: header('occurredAt') ?? new Date(Number(message.timestamp)).toISOString(),
    ...traceOf(header('traceparent')),
    payload: null as never,
  };
  if (place === undefined || producer === undefined) {
    return {
      event,
      ...foreignPlace(message, origin),
      payloadText,
      unreadable: 'the message has no place in an event log',
    };
  }
  if (event.type !== origin.type)
    return { event, producer, place, payloadText, unreadable: 'the event is of another type than its topic' };
  try {
    return {
      event: { ...event, payload: JSON.parse(payloadText) as EventEnvelope['payload'] },
      producer,
      place,
      payloadText,
    };
  } catch {
    return { event, producer, place, payloadText, unreadable: 'the payload is not JSON' };
  }
}

/** What is parked has to fit into the database, whoever sent it: its text knows no NUL. */
function storable(value: Buffer | string | null): string {
  return value?.toString().replaceAll('\0', '\uFFFD') ?? '';
}

/** Version 0 is never published, so it cannot be mistaken for one. */
function versionOf(text: string | undefined): number {
  return /^\d{1,6}$/.test(text ?? '') ? Number(text) : 0;
}

/** A message of somebody else has no place of its own: its offset orders it, under a producer nobody is called. */
function foreignPlace({ offset }: KafkaMessage, { topic }: Origin): { producer: string; place: Place } {
  return { producer: `topic ${topic}`, place: { tx: '0', position: String(BigInt(offset) + 1n) } };
}

function parsePlace(text: string | undefined): Place | undefined {
  const [, tx, position] = /^(\d{1,18})\.(\d{1,18})$/.exec(text ?? '') ?? [];
  return tx === undefined || position === undefined ? undefined : { tx, position };
}

function typeOf(text: string | undefined): EventType | undefined {
  return eventTypes.find((type) => type === text);
}

function traceOf(traceparent: string | undefined): { traceparent?: string } {
  return traceparent === undefined ? {} : { traceparent };
}
