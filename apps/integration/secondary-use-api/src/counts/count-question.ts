import { createHash } from 'node:crypto';
import type { Condition } from '@samenhang/disclosure';
import { Failure } from '@samenhang/errors';
import type { Dataset, DatasetType } from '@samenhang/secondary-use';
import { malformed, membersOf } from '../permits/read-json.js';

/** What persons can be counted by: a closed list, each with the element of the permit that it looks at. */
const dimensions = {
  diagnosis: { type: 'Condition', element: 'code', path: 'code.coding' },
  measurement: { type: 'Observation', element: 'code', path: 'code.coding' },
  prescription: {
    type: 'MedicationRequest',
    element: 'medicationCodeableConcept',
    path: 'medication.ofType(CodeableConcept).coding',
  },
  procedure: { type: 'Procedure', element: 'code', path: 'code.coding' },
  gender: { type: 'Patient', element: 'gender', path: 'gender' },
} as const satisfies Readonly<Record<string, { type: DatasetType; element: string; path: string }>>;
type Dimension = keyof typeof dimensions;

const MOST_CONDITIONS = 3;
/** `system|code`, or a bare code of FHIR. */
const VALUE = /^(?:[\w:/.-]{1,120}\|)?[A-Za-z0-9.-]{1,32}$/;

/** @throws Failure('malformed') */
export function readConditions(body: unknown): Condition[] {
  const { conditions } = membersOf(body);
  if (!Array.isArray(conditions) || conditions.length === 0 || conditions.length > MOST_CONDITIONS)
    throw malformed('conditions');
  return conditions.map((each: unknown) => {
    const { dimension, value } = membersOf(each);
    if (typeof dimension !== 'string' || !Object.hasOwn(dimensions, dimension)) throw malformed('dimension');
    if (typeof value !== 'string' || !VALUE.test(value)) throw malformed('value');
    return { dimension, value };
  });
}

/** @throws Failure('forbidden') for what the permit does not give */
export function assertPermitted(conditions: readonly Condition[], datasets: readonly Dataset[]): void {
  const given = (type: DatasetType, element: string) =>
    datasets.some((dataset) => dataset.type === type && dataset.elements.includes(element));
  for (const { dimension } of conditions) {
    const { type, element } = dimensions[dimension as Dimension];
    if (!given(type, element))
      throw new Failure('forbidden', `The permit does not give what ${dimension} looks at`);
  }
  if (!datasets.some(({ type }) => type === 'Patient'))
    throw new Failure('forbidden', 'Counting needs a permit that gives patients');
}

/** The persons who meet a condition, as a view. The value stands in a constant: it is never part of a path. */
export function viewOf({ dimension, value }: Condition): object {
  const { type, path } = dimensions[dimension as Dimension];
  const [system, code] = value.includes('|') ? value.split('|', 2) : [undefined, value];
  const matches =
    dimension === 'gender'
      ? 'gender = %code'
      : `${path}.where(code = %code${system === undefined ? '' : ' and system = %system'}).exists()`;
  return {
    resource: type,
    constant: [
      { name: 'code', valueString: code },
      ...(system === undefined ? [] : [{ name: 'system', valueString: system }]),
    ],
    where: [{ path: matches }],
    select: [{ column: [{ name: 'person', path: personOf(type) }] }],
  };
}

export const everybody = {
  resource: 'Patient',
  select: [{ column: [{ name: 'person', path: personOf('Patient') }] }],
};

function personOf(type: DatasetType): string {
  return type === 'Patient' ? 'getResourceKey()' : 'subject.getReferenceKey(Patient)';
}

/** One for the same conditions, in whatever order. */
export function fingerprintOf(conditions: readonly Condition[]): string {
  const parts = conditions.map(({ dimension, value }) => JSON.stringify([dimension, value]));
  return createHash('sha256')
    .update([...new Set(parts)].sort().join('\n'))
    .digest('hex');
}
