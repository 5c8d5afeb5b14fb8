import { loinc, snomed, coded, quantity, observation } from './fhir-elements.js';

export const observations: readonly object[] = [
  observation('pounds', 'vital-signs', '29463-7', { valueQuantity: quantity(150, '[lb_av]') }),
  observation('stones', 'vital-signs', '29463-7', { valueQuantity: quantity(11, '[stone_av]') }),
  observation('metres', 'vital-signs', '8302-2', { valueQuantity: quantity(1.83, 'm') }),
  observation('fahrenheit', 'vital-signs', '8310-5', { valueQuantity: quantity(101.3, '[degF]') }),
  observation('beats', 'vital-signs', '8867-4', { valueQuantity: { value: 72, unit: 'slagen/min' } }),
  observation('oxygen', 'vital-signs', '59408-5', { valueQuantity: quantity(97, '%') }),
  observation('year-only', 'vital-signs', '29463-7', {
    effectiveDateTime: '2026',
    valueQuantity: quantity(80, 'kg'),
  }),
  observation('absent', 'vital-signs', '29463-7', {
    dataAbsentReason: coded('http://terminology.hl7.org/CodeSystem/data-absent-reason', 'not-performed'),
  }),
  observation('no-value', 'vital-signs', '29463-7', {}),
  observation('systolic-only', 'vital-signs', '85354-9', {
    component: [{ code: coded(loinc, '8480-6'), valueQuantity: quantity(140, 'mm[Hg]') }],
  }),
  observation('kilopascal', 'vital-signs', '85354-9', {
    component: [
      { code: coded(loinc, '8480-6'), valueQuantity: quantity(18.7, 'kPa') },
      { code: coded(loinc, '8462-4'), valueQuantity: quantity(12, 'kPa') },
    ],
  }),
  observation('pain', 'vital-signs', '72514-3', { valueQuantity: quantity(4, '{score}') }),
  observation('half-pain', 'vital-signs', '72514-3', { valueQuantity: quantity(4.5, '{score}') }),
  observation('smoking', 'social-history', '72166-2', { valueCodeableConcept: coded(snomed, '266919005') }),
  observation('smoking-text', 'social-history', '72166-2', { valueString: 'rookt niet meer' }),
  observation('flagged', 'laboratory', '2345-7', {
    valueQuantity: { value: 5.6, unit: 'mmol/l' },
    interpretation: [coded('http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', 'H')],
    method: { text: 'enzymatisch' },
    note: [{ text: 'nuchter' }, { text: 'herhaald' }],
    referenceRange: [{ low: quantity(4, 'mmol/L'), high: quantity(5.5, 'mmol/L') }],
  }),
  observation('range', 'laboratory', '1988-5', {
    effectiveDateTime: undefined,
    effectiveInstant: '2026-02-03T10:00:00Z',
    valueRange: { low: quantity(1, 'mg/L'), high: quantity(5, 'mg/L') },
  }),
  observation('positive', 'laboratory', '5196-1', { valueCodeableConcept: coded(snomed, '10828004') }),
  {
    ...observation('local', 'laboratory', 'x', { valueString: 'positief' }),
    code: coded('http://lab.example/codes', 'HBS'),
  },
  observation('survey', 'survey', '44261-6', { valueQuantity: quantity(7, '{score}') }),
];
