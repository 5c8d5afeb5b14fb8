import type { KafkaMessage } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import type { StoredEvent } from '@samenhang/event-log-postgres';
import { toDelivery, toMessage } from './message-format.js';

const payload = { recordedAt: '2026-01-01T00:00:00Z', auditEvent: { resourceType: 'AuditEvent', id: '1' } };
const stored: StoredEvent = {
  header: {
    id: 'f3c1',
    type: 'audit.recorded',
    version: 1,
    key: 'hash',
    tenant: '11111111' as StoredEvent['header']['tenant'],
    occurredAt: '2026-01-01T00:00:00.000Z',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  },
  producer: 'record',
  place: { tx: '812', position: '93' },
  payloadText: JSON.stringify(payload),
};
const origin = { topic: 'samenhang.audit.recorded', partition: 2, type: 'audit.recorded' } as const;

/** What the broker hands out for a message: everything as bytes. */
function received(message: ReturnType<typeof toMessage>): KafkaMessage {
  const bytes = (value: unknown): Buffer => Buffer.from(String(value));
  const headers = Object.fromEntries(
    Object.entries(message.headers ?? {}).map(([name, value]) => [name, bytes(value)]),
  );
  return {
    key: bytes(message.key),
    value: bytes(message.value),
    headers,
    offset: '41',
    timestamp: '1767225600000',
    attributes: 0,
  };
}

describe('events on the wire', () => {
  it('come back as they were sent', () => {
    const { event, ...rest } = toDelivery(received(toMessage(stored)), origin);
    expect(event).toEqual({ ...stored.header, payload });
    expect(rest).toEqual({ producer: 'record', place: stored.place, payloadText: stored.payloadText });
  });

  it('carry the payload in the value only', () => {
    const { headers, key } = toMessage(stored);
    expect(JSON.stringify({ headers, key })).not.toContain('AuditEvent');
  });

  it.each([
    ['without headers', { headers: {} }, 'the message has no place in an event log'],
    ['of another type', { type: 'record.rejected' }, 'the event is of another type than its topic'],
    ['with a broken payload', { value: '{"recordedAt":' }, 'the payload is not JSON'],
  ])('a message %s becomes a delivery that can only be parked', (_name, change, unreadable) => {
    const message = toMessage(stored);
    const headers =
      'headers' in change ? {} : { ...message.headers, ...('type' in change ? { type: change.type } : {}) };
    const damaged = received({
      ...message,
      headers,
      value: 'value' in change ? change.value : message.value,
    });
    expect(toDelivery(damaged, origin).unreadable).toBe(unreadable);
  });

  it('orders messages of somebody else by their offset', () => {
    const foreign = toDelivery(received({ key: 'k', value: 'hello' }), origin);
    expect([foreign.producer, foreign.place]).toEqual([
      'topic samenhang.audit.recorded',
      { tx: '0', position: '42' },
    ]);
  });
});
