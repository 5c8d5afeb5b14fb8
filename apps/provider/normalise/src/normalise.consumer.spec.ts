import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import {
  getUra,
  type EventEnvelope,
  type MessageId,
  type NewEvent,
  type SourceId,
} from '@samenhang/data-model';
import type { EventLog, Transaction } from '@samenhang/event-log';
import type { ChunkContext } from '@samenhang/event-transport';
import { PatientKeyring } from '@samenhang/patient-identity';
import { NormaliseConsumer } from './normalise.consumer.js';
import { NormaliseConfiguration } from './normalise.configuration.js';
import { MappingReleases } from './releases/mapping-releases.js';
import { ActiveMapping } from './tables/active-mapping.js';
import { TermResolution } from './terminology/term-resolution.js';

const transaction: Transaction = { query: () => Promise.resolve([]) };

function received(content: string, tenant = getUra('22222222')): EventEnvelope<'source-message.received'> {
  return {
    id: '1',
    type: 'source-message.received',
    version: 1,
    key: 'patient-key',
    tenant,
    occurredAt: '2026-03-01T12:00:00Z',
    payload: {
      messageId: 'm1' as MessageId,
      sourceId: 'epd' as SourceId,
      format: 'hl7v2',
      receivedAt: '2026-03-01T12:00:00Z',
      sourcePosition: 7,
      content: Buffer.from(content).toString('base64'),
      settings: {
        localIdentifierSystem: 'https://noord.example/patients',
        timeZone: 'Europe/Amsterdam',
        defaultCharset: 'UNICODE UTF-8',
        displayName: 'Noord',
      },
    },
  };
}

async function normalise(
  events: EventEnvelope<'source-message.received'>[],
  keyring = new PatientKeyring(Buffer.alloc(32, 1)),
): Promise<{ published: NewEvent[]; metrics: string }> {
  const published: NewEvent[] = [];
  const metrics = new Registry();
  const log = {
    publish: (used: Transaction, outcomes: readonly NewEvent[]) => {
      expect(used).toBe(transaction);
      published.push(...outcomes);
      return Promise.resolve();
    },
  } as unknown as EventLog;
  await new NormaliseConsumer(log, metrics, keyring, active, releases, terms).normalise(events, {
    transaction,
  } as unknown as ChunkContext);
  return { published, metrics: await metrics.metrics() };
}

const active = new ActiveMapping();
const releases = new MappingReleases(new NormaliseConfiguration(), active);
const terms = new TermResolution(null, new Registry(), new NormaliseConfiguration(), active);
const admission = 'MSH|^~\\&|EPD|N|S|L|20260301||ADT^A01|1|P|2.5\rPID|1||1234567^^^^PI||Jansen\r';

describe('the normalising service', () => {
  it('publishes resources or the reason for none, under the same key, in the transaction of the chunk', async () => {
    const { published, metrics } = await normalise([received(admission), received('no message at all')]);
    expect(published.slice(0, 2)).toMatchObject([
      {
        type: 'record.normalised',
        key: 'patient-key',
        tenant: '22222222',
        payload: { messageId: 'm1', sourcePosition: 7, changes: [{ action: 'put' }] },
      },
      {
        type: 'record.rejected',
        key: 'patient-key',
        tenant: '22222222',
        payload: { stage: 'normalise', issues: [{ code: 'invalid-message', severity: 'error' }] },
      },
    ]);
    expect(metrics).toContain('normalise_messages_total{outcome="rejected"} 1');
    expect(metrics).toContain('normalise_messages_total{outcome="normalised"} 1');
  });

  it('counts for each source what its messages carried, with a message to look at', async () => {
    const { published } = await normalise([
      received(admission),
      received(`${admission}ZZZ|1\r`),
      { ...received(admission), payload: { ...received(admission).payload, replayOf: 'm0' } },
    ]);
    const observed = published.filter(({ type }) => type === 'mapping.observed');
    expect(observed).toMatchObject([
      {
        tenant: '22222222',
        payload: {
          sourceId: 'epd',
          messages: 3,
          positions: { first: 7, last: 7 },
          observations: expect.any(Array),
        },
      },
    ]);
    expect(JSON.stringify(observed)).not.toContain('Jansen');
  });

  it('marks what a replay makes, later than what was made of the message before', async () => {
    const replay = received(admission);
    const { published } = await normalise([
      { ...replay, payload: { ...replay.payload, replayOf: 'q1', replayedAt: '2026-11-22T07:00:00.000Z' } },
    ]);
    expect(published[0]?.payload).toMatchObject({
      isReplay: true,
      mappingVersion: expect.stringMatching(/^[\d.]+\+20261122070000000$/) as string,
    });
  });

  it('gives a patient who is known by BSN alone an id that only the holder of the secret can make', async () => {
    const byBsn = admission.replace('1234567^^^^PI', '900186021^^^NLMINBIZA^NNNLD');
    const ids = await Promise.all(
      [1, 1, 2].map(async (byte) => {
        const { published } = await normalise([received(byBsn)], new PatientKeyring(Buffer.alloc(32, byte)));
        return (published[0] as NewEvent<'record.normalised'>).payload.changes[0]?.patientId;
      }),
    );
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
  });

  it('rejects what no event could carry, instead of stopping', async () => {
    const many = Array.from({ length: 30_000 }, (_unused, set) => `OBX|${set}|ST|x${set}^^L||y||||||F`).join(
      '\r',
    );
    const { published } = await normalise([received(`${admission}${many}`)]);
    expect(published[0]).toMatchObject({
      type: 'record.rejected',
      payload: { issues: [{ code: 'result-too-large' }] },
    });
  });
});
