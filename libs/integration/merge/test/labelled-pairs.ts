import type { FhirResource } from '@samenhang/data-model';
import {
  allergy,
  clinical,
  concept,
  dispense,
  measured,
  numbered,
  problem,
  result,
  verified,
} from './patient-facts.js';

type Record_ = Omit<FhirResource, 'id'>;
export interface LabelledPair {
  readonly name: string;
  readonly same: boolean;
  readonly left: Record_;
  readonly right: Record_;
}

const pair = (same: boolean, name: string, left: Record_, right: Record_): LabelledPair => ({
  name,
  same,
  left,
  right,
});
const panel = (systolic: number) => ({
  valueQuantity: undefined,
  component: [{ code: concept('8480-6', 'http://loinc.org'), ...measured(systolic, 'mm[Hg]') }],
});
const noKnownAllergy = { code: concept('716186003') };

/** Pairs at two custodians, judged by hand: is it one fact? */
export const labelledPairs: readonly LabelledPair[] = [
  pair(
    true,
    'one allergy at two providers',
    allergy(),
    allergy({ code: concept('373270004', 'http://snomed.info/sct', 'Penicillin') }),
  ),
  pair(true, 'allergy with and without criticality', allergy({ criticality: 'high' }), allergy()),
  pair(true, 'allergy under two local numbers', allergy(numbered('1')), allergy(numbered('2'))),
  pair(true, 'allergy confirmed and unconfirmed', allergy(), allergy(verified('unconfirmed'))),
  pair(
    true,
    'copy of an allergy, same number, code translated',
    allergy(numbered('9')),
    allergy({ ...numbered('9'), code: concept('x', 'urn:local') }),
  ),
  pair(false, 'allergy confirmed and refuted', allergy(), allergy(verified('refuted'))),
  pair(
    false,
    'copy of an allergy that contradicts it',
    allergy(numbered('9')),
    allergy({ ...numbered('9'), ...verified('refuted') }),
  ),
  pair(false, 'allergy active and resolved', allergy(), allergy(clinical('resolved'))),
  pair(
    false,
    'allergy of high and of low criticality',
    allergy({ criticality: 'high' }),
    allergy({ criticality: 'low' }),
  ),
  pair(false, 'allergy and no known allergy', allergy(), allergy(noKnownAllergy)),
  pair(false, 'allergies to two substances', allergy(), allergy({ code: concept('387207008') })),
  pair(false, 'one code as food and as medication', allergy(), allergy({ category: ['food'] })),
  pair(
    false,
    'allergies known by text alone',
    allergy({ code: { text: 'noten' } }),
    allergy({ code: { text: 'noten' } }),
  ),
  pair(
    true,
    'one laboratory result, two time zones',
    result(),
    result({ effectiveDateTime: '2026-03-01T09:00:00Z' }),
  ),
  pair(
    true,
    'result with a local code beside LOINC',
    result(),
    result({
      code: {
        coding: [...concept('15074-8', 'http://loinc.org').coding, { system: 'urn:lab', code: 'GLU' }],
      },
    }),
  ),
  pair(true, 'copy of a result under one order number', result(numbered('77')), result(numbered('77'))),
  pair(
    true,
    'value false',
    result({ valueQuantity: undefined, valueBoolean: false }),
    result({ valueQuantity: undefined, valueBoolean: false }),
  ),
  pair(
    true,
    'value 0',
    result({ valueQuantity: undefined, valueInteger: 0 }),
    result({ valueQuantity: undefined, valueInteger: 0 }),
  ),
  pair(true, 'components alone', result(panel(120)), result(panel(120))),
  pair(false, 'values that differ', result(), result(measured(5.5))),
  pair(false, 'units that differ', result(), result(measured(5.4, 'mg/dL'))),
  pair(
    false,
    'values with and without comparator',
    result(),
    result({ valueQuantity: { ...measured(5.4).valueQuantity, comparator: '<' } }),
  ),
  pair(false, 'component values that differ', result(panel(120)), result(panel(130))),
  pair(
    false,
    '0 and false',
    result({ valueQuantity: undefined, valueInteger: 0 }),
    result({ valueQuantity: undefined, valueBoolean: false }),
  ),
  pair(false, 'results an hour apart', result(), result({ effectiveDateTime: '2026-03-01T11:00:00+01:00' })),
  pair(
    false,
    'results known to the day only',
    result({ effectiveDateTime: '2026-03-01' }),
    result({ effectiveDateTime: '2026-03-01' }),
  ),
  pair(
    false,
    'equal content under two order numbers of one lab',
    result(numbered('1')),
    result(numbered('2')),
  ),
  pair(
    false,
    'two tests of one order',
    result(numbered('77')),
    result({ ...numbered('77'), code: concept('2823-3', 'http://loinc.org') }),
  ),
  pair(
    false,
    'copy of a result with another value',
    result(numbered('77')),
    result({ ...numbered('77'), ...measured(6) }),
  ),
  pair(
    false,
    'local codes alone',
    result({ code: concept('GLU', 'urn:lab') }),
    result({ code: concept('GLU', 'urn:lab') }),
  ),
  pair(false, 'final and entered in error', result(), result({ status: 'entered-in-error' })),
  pair(
    true,
    'one result under the identifiers that two custodians assigned',
    result(numbered('urn:uuid:1', 'urn:ietf:rfc:3986')),
    result(numbered('urn:uuid:2', 'urn:ietf:rfc:3986')),
  ),
  pair(true, 'one problem with one onset', problem(), problem()),
  pair(false, 'problem dated and undated', problem(), problem({ onsetDateTime: undefined })),
  pair(
    false,
    'problem undated twice',
    problem({ onsetDateTime: undefined }),
    problem({ onsetDateTime: undefined }),
  ),
  pair(
    false,
    'problem left and right',
    problem({ bodySite: [concept('7771000')] }),
    problem({ bodySite: [concept('24028007')] }),
  ),
  pair(false, 'problem active and resolved', problem(), problem(clinical('resolved'))),
  pair(true, 'one dispense reported twice', dispense(), dispense()),
  pair(
    false,
    'dispenses on one day',
    dispense({ whenHandedOver: '2026-03-01' }),
    dispense({ whenHandedOver: '2026-03-01' }),
  ),
  pair(
    false,
    'dispenses of different amounts',
    dispense(),
    dispense({ quantity: { value: 60, unit: 'stuk' } }),
  ),
  pair(
    false,
    'dispense with a modifier we cannot read',
    dispense(),
    dispense({ extension: [{ url: 'urn:x', valueBoolean: false }] }),
  ),
];

/** One fact to who knows medicine, kept apart because the records alone do not prove it: what precision costs in recall. */
export const missedPairs: readonly LabelledPair[] = [
  pair(
    true,
    'one allergy under codes of two systems',
    allergy(),
    allergy({ code: concept('J01CE01', 'http://www.whocc.no/atc') }),
  ),
  pair(true, 'one allergy, coded and as text', allergy(), allergy({ code: { text: 'Penicilline' } })),
  pair(true, 'one result in two units', result(), result(measured(5_400, 'umol/L'))),
  pair(true, 'one result, dated and timed', result(), result({ effectiveDateTime: '2026-03-01' })),
  pair(
    true,
    'one problem, onset known to the day and to the year',
    problem(),
    problem({ onsetDateTime: '2019' }),
  ),
];
