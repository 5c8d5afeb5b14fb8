import { anyPurpose, type ConsentChoice } from '@samenhang/consent';
import { getUra } from '@samenhang/data-model';
import { describe, expect, it } from 'vitest';
import { weighTransfer } from './implied-consent.js';

const holder = { ura: getUra('22222222'), facilityType: 'V4' };
const receiver = { ura: getUra('33333333'), facilityType: 'X3' };
const now = new Date('2026-12-01T10:00:00Z');
const deny = (more: Partial<ConsentChoice>): ConsentChoice => ({
  decision: 'deny',
  holder: { ura: holder.ura },
  requester: 'anyone',
  categories: 'all',
  purposeOfUse: anyPurpose,
  ...more,
});
const categoriesWith = (...choices: ConsentChoice[]): readonly string[] =>
  weighTransfer(holder, receiver, ['Condition', 'Procedure'], choices, now).categories;

describe('what is transferred', () => {
  it('is agreed to by who refers, for that receiver', () => {
    expect(categoriesWith()).toEqual(['Condition', 'Procedure']);
  });

  it('gives way to an objection that is as exact, and to no vaguer one', () => {
    expect(categoriesWith(deny({ requester: { ura: receiver.ura } }))).toEqual([]);
    expect(categoriesWith(deny({ requester: { ura: receiver.ura }, categories: ['Condition'] }))).toEqual([
      'Procedure',
    ]);
    expect(categoriesWith(deny({}))).toEqual(['Condition', 'Procedure']);
    expect(categoriesWith(deny({ requester: { facilityType: 'X3' } }))).toEqual(['Condition', 'Procedure']);
    expect(categoriesWith(deny({ requester: { ura: getUra('44444444') } }))).toEqual([
      'Condition',
      'Procedure',
    ]);
  });

  it('leaves out single resources that the patient keeps from that receiver', () => {
    const own = deny({ requester: { ura: receiver.ura }, resources: ['Condition/1'] });
    const { categories, withheld } = weighTransfer(holder, receiver, ['Condition'], [own], now);
    expect([categories, [...withheld]]).toEqual([['Condition'], ['Condition/1']]);
  });
});
