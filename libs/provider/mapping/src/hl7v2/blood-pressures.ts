import { concept, hasCoding } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { Observation, ObservationComponent } from '../fhir-types.js';
import { diastolic, systolic } from '../profiles/blood-pressure.js';
import type { Result } from './results.js';

/**
 * HL7 v2 sends systolic and diastolic pressure as two results; the zib has one measurement of two parts. Those of the same
 * moment belong together, in the order in which they were sent.
 */
export function joinBloodPressures(results: readonly Result[]): Result[] {
  const joined: Result[] = [];
  const waiting: Result[] = [];
  for (const result of results) {
    if (result.isDeleted || pressureOf(result.observation) === undefined) {
      joined.push(result);
      continue;
    }
    const index = waiting.findIndex((other) => fitTogether(other.observation, result.observation));
    const [other] = index < 0 ? [] : waiting.splice(index, 1);
    if (other === undefined) waiting.push(result);
    else joined.push(join(other, result));
  }
  return [...joined, ...waiting.map((result) => join(result, undefined))];
}

/** Which pressure a result is; one whose value is no number is none that the zib could hold. */
function pressureOf(observation: Observation): string | undefined {
  const values = Object.keys(observation).filter((element) => element.startsWith('value'));
  if (values.some((element) => element !== 'valueQuantity')) return undefined;
  return [systolic, diastolic].find((code) => hasCoding(observation.code, codeSystems.loinc, code));
}

function fitTogether(one: Observation, other: Observation): boolean {
  return pressureOf(one) !== pressureOf(other) && one.effectiveDateTime === other.effectiveDateTime;
}

function join(first: Result, second: Result | undefined): Result {
  const parts = [first, second].filter((part) => part !== undefined);
  parts.sort(
    (one, other) =>
      Number(pressureOf(one.observation) === diastolic) - Number(pressureOf(other.observation) === diastolic),
  );
  const statuses = parts.map(({ observation }) => observation.status);
  const {
    code: _code,
    valueQuantity: _value,
    valueString: _text,
    interpretation: _flag,
    referenceRange: _range,
    dataAbsentReason: _reason,
    ...shared
  } = first.observation;
  const observation: Observation = {
    ...shared,
    resourceType: 'Observation',
    status: statuses.find((status) => status !== 'final') ?? 'final',
    code: concept(codeSystems.loinc, '85354-9'),
    component: parts.map(({ observation: part }) => toComponent(part)),
  };
  const notes = parts.flatMap(({ observation: part }) => part.note ?? []);
  if (notes.length > 0) observation.note = notes;
  return { ...first, observation, key: `blood-pressure|${first.key.split('|').slice(2).join('|')}` };
}

function toComponent({
  code,
  valueQuantity,
  valueString,
  interpretation,
  referenceRange,
  dataAbsentReason,
}: Observation): ObservationComponent {
  return {
    code,
    ...(valueQuantity === undefined ? {} : { valueQuantity }),
    ...(valueString === undefined ? {} : { valueString }),
    ...(dataAbsentReason === undefined ? {} : { dataAbsentReason }),
    ...(interpretation === undefined ? {} : { interpretation }),
    ...(referenceRange === undefined ? {} : { referenceRange }),
  };
}
