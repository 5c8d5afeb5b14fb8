import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PseudonymisationConfiguration } from '../pseudonymisation.configuration.js';
import { countValidBsns, enumerationBound } from './enumeration-bound.js';

const documented = readFileSync(
  fileURLToPath(new URL('../../../../../docs/enumeration.md', import.meta.url)),
  'utf8',
);

describe('the bound on enumeration', () => {
  it('counts the numbers that the eleven-test leaves', () => {
    const isValid = (digits: string): boolean =>
      [9, 8, 7, 6, 5, 4, 3, 2, -1].reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0) %
        11 ===
      0;
    // A part is counted one by one: one in eleven.
    let inPart = 0;
    for (let number = 999_000_000; number < 999_110_000; number += 1)
      if (isValid(String(number))) inPart += 1;
    expect(inPart).toBe(10_000);
    expect(Math.abs(countValidBsns() - 1e9 / 11)).toBeLessThan(100);
  });

  it('is documented as the default configuration makes it', () => {
    const bound = enumerationBound(new PseudonymisationConfiguration());
    expect(documented).toContain(`${countValidBsns().toLocaleString('en-US')} valid numbers`);
    expect(documented).toContain(`| ${Math.floor(bound.oneOrganisationDays)} days |`);
    expect(documented).toContain(`| ${bound.oneClientDays.toFixed(1)} days |`);
    expect(documented).toContain(`| ${bound.allCallersHours.toFixed(1)} hours |`);
  });

  it('takes the narrowest of the quotas', () => {
    const quotas = {
      organisationQuotaPerMinute: 10,
      organisationQuotaPerDay: 1_000_000,
      clientQuotaPerDay: 1_000_000,
      recipientQuotaPerMinute: 1_000,
    };
    expect(enumerationBound(quotas).oneOrganisationDays).toBeCloseTo(countValidBsns() / 14_400, 6);
    expect(enumerationBound({ ...quotas, clientQuotaPerDay: 100 }).oneOrganisationDays).toBeCloseTo(
      countValidBsns() / 100,
      6,
    );
  });
});
