import { randomUUID } from 'node:crypto';
import { PostgresEventLog } from '@samenhang/event-log-postgres';
import type { MappingObservation, MessageId, NewEvent, SourceId, Ura } from '@samenhang/data-model';
import { poolDatabase } from '@samenhang/event-log-postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hospital, RunningIngest } from './running-ingest.js';

const message = randomUUID() as MessageId;

function observed(
  observations: MappingObservation[],
  messages = 1,
  mappingVersion = '1',
): NewEvent<'mapping.observed'> {
  return {
    type: 'mapping.observed',
    key: 'source',
    tenant: hospital as Ura,
    payload: {
      sourceId: 'his' as SourceId,
      mappingVersion,
      messages,
      positions: { first: 1, last: messages },
      observations,
    },
  };
}

const field = (path: string, used: boolean, count: number): MappingObservation => ({
  kind: 'field',
  messageType: 'ADT^A01',
  path,
  used,
  count,
  exampleMessageId: message,
});

describe('the unmapped report of a source', () => {
  let ingest: RunningIngest;
  const path = `/tenants/${hospital}/sources/his/coverage`;

  const publish = (...events: NewEvent[]): Promise<void> => {
    const database = poolDatabase(ingest.sql);
    const log = new PostgresEventLog({ producer: 'normalise', ...database });
    return database.runInTransaction((transaction) => log.publish(transaction, events));
  };

  beforeAll(async () => {
    ingest = await RunningIngest.start();
    const code = { kind: 'code', messageType: 'ORU^R01', path: 'http://loinc.org', used: false } as const;
    await publish(
      observed([field('PID-5', true, 3), field('ZBE-2', false, 2)], 3),
      observed([field('ZBE-2', false, 1), field('PV1-44', true, 1), field('PV1-44', false, 1)], 2),
      observed([{ ...code, code: '99-9', count: 7, exampleMessageId: message }], 4, '2'),
    );
    await vi.waitFor(
      async () => {
        const { body } = await ingest.request('GET', path);
        expect((body['mapped'] as { messages: number }[]).map(({ messages }) => messages).sort()).toEqual([
          4, 5,
        ]);
      },
      { timeout: 10_000, interval: 50 },
    );
  });
  afterAll(() => ingest.stop());

  it('sums what was used and what was not, least used first, with messages to look at', async () => {
    const { status, body } = await ingest.request('GET', path);
    expect(status).toBe(200);
    expect(body['entries']).toEqual([
      {
        kind: 'code',
        messageType: 'ORU^R01',
        path: 'http://loinc.org',
        code: '99-9',
        used: 0,
        unused: 7,
        examples: [message],
      },
      {
        kind: 'field',
        messageType: 'ADT^A01',
        path: 'ZBE-2',
        code: null,
        used: 0,
        unused: 3,
        examples: [message],
      },
      {
        kind: 'field',
        messageType: 'ADT^A01',
        path: 'PV1-44',
        code: null,
        used: 1,
        unused: 1,
        examples: [message],
      },
      {
        kind: 'field',
        messageType: 'ADT^A01',
        path: 'PID-5',
        code: null,
        used: 3,
        unused: 0,
        examples: [message],
      },
    ]);
  });

  it('can be had of one mapping version, of a time, and of what is not used only', async () => {
    const paths = async (query: string): Promise<string[]> =>
      ((await ingest.request('GET', `${path}?${query}`)).body['entries'] as { path: string }[]).map(
        (one) => one.path,
      );
    expect(await paths('mappingVersion=1&unused=true')).toEqual(['ZBE-2', 'PV1-44']);
    expect(await paths('until=2020-01-01')).toEqual([]);
    expect((await ingest.request('GET', `${path}?from=yesterday`)).status).toBe(400);
  });

  it('is paged', async () => {
    const first = await ingest.request('GET', `${path}?count=3`);
    expect(first.body['entries']).toHaveLength(3);
    const second = await ingest.request('GET', String(first.body['next']));
    expect(second.body['entries']).toMatchObject([{ path: 'PID-5' }]);
    expect(second.body['next']).toBeUndefined();
  });

  it('takes codes that a database would choke on', async () => {
    const odd = { kind: 'code', messageType: 'ORU^R01', path: 'http://loinc.org', used: false } as const;
    const code = `\0\ud800${'x'.repeat(100_000)}`;
    await publish(observed([{ ...odd, code, count: 1, exampleMessageId: message }], 1, 'odd'));
    await vi.waitFor(
      async () => {
        const { body } = await ingest.request('GET', `${path}?mappingVersion=odd`);
        expect(body['entries']).toMatchObject([{ code: `\ufffd${'x'.repeat(199)}`, unused: 1 }]);
      },
      { timeout: 10_000, interval: 50 },
    );
  });

  it('is for the care provider itself', async () => {
    expect((await ingest.request('GET', path, { organisation: '11111111' })).status).toBe(403);
    expect((await ingest.request('GET', path, { scopes: ['ingest:write'] })).status).toBe(403);
  });
});
