import type { MessageId, SourceId, Ura } from '@samenhang/data-model';
import { describe, expect, it } from 'vitest';
import type { Source } from '../sources/source.js';
import type { Arrival, Receipt } from './arrival.js';
import { retransmissionsAmong } from './retransmissions.js';

const arrival = (id: string, receivedAt: string): Arrival => ({
  source: { tenant: '22222222' as Ura, id: id as SourceId, declaration: {} } as Source,
  format: 'hl7v2',
  content: Buffer.alloc(0),
  contentHash: '',
  controlId: undefined,
  orderingKey: '',
  receivedAt: new Date(receivedAt),
  refusal: undefined,
});
const receipt = (isDuplicate: boolean): Receipt => ({ messageId: 'm' as MessageId, isDuplicate });

describe('retransmissions among arrivals', () => {
  it('are counted by source and day, the others are not', () => {
    const arrivals = [
      arrival('his', '2026-11-21T23:59:59Z'),
      arrival('his', '2026-11-22T00:00:00Z'),
      arrival('his', '2026-11-22T10:00:00Z'),
      arrival('lab', '2026-11-22T10:00:00Z'),
      arrival('lab', '2026-11-22T10:00:00Z'),
    ];
    const receipts = [true, true, true, false, true].map(receipt);
    expect(retransmissionsAmong(arrivals, receipts)).toEqual([
      { tenant: '22222222', source: 'his', day: '2026-11-21', messages: 1 },
      { tenant: '22222222', source: 'his', day: '2026-11-22', messages: 2 },
      { tenant: '22222222', source: 'lab', day: '2026-11-22', messages: 1 },
    ]);
    expect(
      retransmissionsAmong(
        arrivals,
        arrivals.map(() => receipt(false)),
      ),
    ).toEqual([]);
  });
});
