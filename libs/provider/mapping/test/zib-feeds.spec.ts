import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { normaliseMessage } from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { puts } from './support/messages.js';
import { feeds } from './support/zib-feeds.js';

const document = readFileSync(join(import.meta.dirname, '../../../../docs/mapping/zibs.md'), 'utf8');
const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
const [head = [], , ...rows] = document
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map(cellsOf);
const reasons = new Set([...document.matchAll(/^(\d+)\. /gm)].map(([, number]) => number));

/** Building blocks of the BgZ 2020 and what the exchange between hospitals adds, by profile. */
const basis =
  `nl-core-Patient nl-core-ContactPerson nl-core-HealthProfessional-Practitioner nl-core-HealthProfessional-PractitionerRole
  nl-core-HealthcareProvider nl-core-HealthcareProvider-Organization nl-core-Payer.InsuranceCompany nl-core-Payer.PayerPerson
  nl-core-Payer-Organization nl-core-TreatmentDirective2 nl-core-AdvanceDirective nl-core-FunctionalOrMentalStatus nl-core-Problem
  nl-core-LivingSituation nl-core-DrugUse nl-core-AlcoholUse nl-core-TobaccoUse nl-core-NutritionAdvice nl-core-Alert
  nl-core-AllergyIntolerance mp-MedicationUse2 mp-MedicationAgreement mp-AdministrationAgreement mp-PharmaceuticalProduct
  nl-core-MedicalDevice nl-core-MedicalDevice.Product nl-core-Vaccination-event nl-core-Vaccination-request nl-core-BloodPressure
  nl-core-BodyWeight nl-core-BodyHeight nl-core-LaboratoryTestResult nl-core-LaboratoryTestResult.Specimen nl-core-Procedure-event
  nl-core-Procedure-request nl-core-Encounter nl-core-CareTeam nl-core-TextResult`.split(/\s+/);

/** By profile, the feeds of which some message gives a resource that claims it. */
function claimed(): Map<string, Set<string>> {
  const byProfile = new Map<string, Set<string>>();
  for (const [feed, messages] of Object.entries(feeds)) {
    for (const message of messages) {
      const result = normaliseMessage(message);
      if (result.outcome === 'rejected') continue;
      for (const { resource } of puts(result)) {
        const [canonical] = (resource['meta'] as { profile?: string[] }).profile ?? [];
        const profile = canonical?.split('/').at(-1);
        if (profile === undefined) continue;
        byProfile.set(profile, (byProfile.get(profile) ?? new Set()).add(feed));
      }
    }
  }
  return byProfile;
}

describe('the table of zibs and feeds in docs/mapping/zibs.md', () => {
  const derived = claimed();

  it('has a line for each building block of the BgZ and each profile that some feed gives', () => {
    const lines = rows.map(([, profile]) => profile);
    expect([...lines].sort()).toEqual([...new Set([...basis, ...derived.keys()])].sort());
    expect(head.slice(2)).toEqual(Object.keys(feeds));
  });

  it.each(rows.map((row) => [row[1] ?? '', row.slice(2)] as const))(
    'says of %s what the mapping does',
    (profile, cells) => {
      const said = Object.keys(feeds).map((feed, index) => [feed, cells[index] === 'yes']);
      expect(said).toEqual(
        Object.keys(feeds).map((feed) => [feed, derived.get(profile)?.has(feed) === true]),
      );
    },
  );

  it('has a reason where there is none', () => {
    const others = rows.flatMap((row) => row.slice(2)).filter((cell) => cell !== 'yes');
    expect(others.filter((cell) => !reasons.has(cell))).toEqual([]);
  });
});
