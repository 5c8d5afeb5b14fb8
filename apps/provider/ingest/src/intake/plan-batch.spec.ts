import type { MessageId, SourceId, Ura } from '@samenhang/data-model';
import { describe, expect, it } from 'vitest';
import type { Source } from '../sources/source.js';
import type { Arrival } from './arrival.js';
import { planBatch, type KnownMessage } from './plan-batch.js';

const source = { tenant: '22222222' as Ura, id: 'his' as SourceId, declaration: {} } as Source;
const positions = new Map([['22222222/his', 7]]);

function arrival(contentHash: string, change: Partial<Arrival> = {}): Arrival {
  return {
    source,
    format: 'hl7v2',
    content: Buffer.alloc(0),
    contentHash,
    controlId: undefined,
    orderingKey: 'patient',
    receivedAt: new Date(),
    refusal: undefined,
    ...change,
  };
}

function known(contentHash: string, change: Partial<KnownMessage> = {}): KnownMessage {
  const base = { tenant: '22222222', source: 'his', accepted: true, id: `known-${contentHash}` as MessageId };
  return { ...base, contentHash, orderingKey: 'patient', superseded: false, ...change };
}

function plan(arrivals: Arrival[], earlier: KnownMessage[] = []): string[] {
  let count = 0;
  const { receipts, messages } = planBatch(
    arrivals,
    earlier,
    positions,
    () => `new-${String(++count)}` as MessageId,
  );
  expect(messages.map(({ position }) => position)).toEqual(messages.map((_, index) => 8 + index));
  return receipts.map(({ messageId, isDuplicate }) => `${messageId}${isDuplicate ? ' again' : ''}`);
}

const fhir = { format: 'fhir-r4' } as const;

describe('planBatch', () => {
  it('gives positions in the order of arrival', () => {
    expect(plan([arrival('a'), arrival('b')])).toEqual(['new-1', 'new-2']);
  });

  it('recognises a retransmission, stored before or in the same batch', () => {
    expect(plan([arrival('a'), arrival('b'), arrival('b')], [known('a')])).toEqual([
      'known-a again',
      'new-1',
      'new-1 again',
    ]);
  });

  it('takes the same bytes of HL7 v2 for a retransmission however late', () => {
    expect(plan([arrival('a'), arrival('b'), arrival('a')])).toEqual(['new-1', 'new-2', 'new-1 again']);
  });

  it('takes FHIR content for news again once something else of the patient followed', () => {
    expect(plan([arrival('a', fhir), arrival('b', fhir), arrival('a', fhir)])).toEqual([
      'new-1',
      'new-2',
      'new-3',
    ]);
    expect(
      plan([arrival('a', fhir), arrival('b', { ...fhir, orderingKey: 'other' }), arrival('a', fhir)]),
    ).toEqual(['new-1', 'new-2', 'new-1 again']);
    expect(plan([arrival('a', fhir)], [known('a', { superseded: true })])).toEqual(['new-1']);
    expect(plan([arrival('b', fhir), arrival('a', fhir)], [known('a')])).toEqual(['new-1', 'new-2']);
  });

  it('does not take an accepted message for the refusal it met before', () => {
    expect(plan([arrival('a')], [known('a', { accepted: false })])).toEqual(['new-1']);
  });

  it('does not number messages of a source that is not there', () => {
    const stranger = { ...source, id: 'stranger' as SourceId };
    expect(() => plan([arrival('a', { source: stranger })])).toThrow('not declared');
  });
});
