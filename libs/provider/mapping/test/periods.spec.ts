import { describe, expect, it } from 'vitest';
import { accept, bareAdmission, codes, hl7, only } from './support/messages.js';

const stay = (admitted: string, discharged: string): ReturnType<typeof accept> =>
  accept(
    hl7(...bareAdmission, `PV1|1|I|||||||||||||||||V1^^^NOORD^VN${'|'.repeat(25)}${admitted}|${discharged}`),
  );

describe('a stay', () => {
  it.each([
    ['20260301', '20260305', { start: '2026-03-01', end: '2026-03-05' }],
    ['202603011130', '20260305', { start: '2026-03-01T11:30:00+01:00', end: '2026-03-05' }],
    ['202603011130', '20260301', { start: '2026-03-01', end: '2026-03-01' }],
    ['20260301', '2026', { start: '2026', end: '2026' }],
    ['20260305', '20260301', { start: '2026-03-05' }],
    ['202603011130', '202603011129', { start: '2026-03-01T11:30:00+01:00' }],
  ])('from %s until %s', (admitted, discharged, period) => {
    expect(only(stay(admitted, discharged), 'Encounter')['period']).toEqual(period);
  });

  it('that ends before it starts is reported at its end', () => {
    expect(codes(stay('20260305', '20260301'))).toContain('end-before-start PV1-45');
  });
});
