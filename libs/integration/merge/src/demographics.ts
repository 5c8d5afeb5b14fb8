import type { Ura } from '@samenhang/data-model';
import { canonical } from './canonical.js';
import type { SourcedResource } from './contribution.js';
import { groupBy } from './disjoint-sets.js';
import { elementOf, isPresent } from './elements.js';
import { compareText } from './object-record.js';

const demographicElements = [
  'name',
  'birthDate',
  'gender',
  'deceased[x]',
  'address',
  'telecom',
  'maritalStatus',
  'contact',
  'generalPractitioner',
  'multipleBirth[x]',
] as const;

export interface StatedValue {
  readonly value: unknown;
  readonly custodians: readonly Ura[];
  /** Address of a Patient that states it. */
  readonly statedIn: string;
}

/** What the custodians say about one element of a person, most widely held value first. */
export interface ReconciledElement {
  readonly element: string;
  readonly values: readonly StatedValue[];
}

/** Sets the sources' demographics side by side, per element and with the custodians that hold each value. */
export function reconcileDemographics(patients: readonly SourcedResource[]): ReconciledElement[] {
  return demographicElements.flatMap((name) => {
    const stated = patients.filter(({ resource }) => isPresent(elementOf(resource, name)));
    const byValue = groupBy(stated, ({ resource }) => canonical(elementOf(resource, name)));
    const values = byValue
      .map((holders) => toStatedValue(name, holders))
      .sort(
        (a, b) =>
          b.custodians.length - a.custodians.length || compareText(canonical(a.value), canonical(b.value)),
      );
    return values.length === 0 ? [] : [{ element: name.replace('[x]', ''), values }];
  });
}

function toStatedValue(name: string, holders: readonly SourcedResource[]): StatedValue {
  const [first] = [...holders].sort((a, b) => compareText(a.fullUrl, b.fullUrl));
  if (first === undefined) throw new RangeError('A stated value has a holder');
  const custodians = [...new Set(holders.map(({ custodian }) => custodian))].sort();
  return { value: elementOf(first.resource, name), custodians, statedIn: first.fullUrl };
}
