import { findElement, type XmlElement } from '@samenhang/xml';
import { concept } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { Draft } from '../fhir-types.js';
import { codeOf, statementsWithin } from './cda-document.js';
import { conceptOf } from './data-types.js';
import { observationOf } from './measurements.js';
import { patientReference, type NamedDraft } from './header.js';
import { isNegated, optional, outermost, type EntryDrafts, type Statement } from './statement.js';

const livingSituation = '365508006';
/** Status of the use of alcohol, drugs and tobacco, and the component that says how much. */
const amountOf: Readonly<Record<string, string>> = {
  '228273003': '897148007',
  '228366006': '363908000',
  '365980008': '266918002',
};
const drugKind = '105590001';
const sameComponent: ReadonlySet<string> = new Set(['410675002', '53661000146106', '401201003']);

/**
 * The living situation and the use of alcohol, drugs and tobacco: the documents have the amount outside and the status
 * within, the zibs of FHIR the status outside and the amount as a component.
 */
export function readSocialHistory(entry: Statement): EntryDrafts {
  if (codeOf(entry.element) === livingSituation) return readLivingSituation(entry);
  const status = statementsWithin(entry.element).find((one) => amountOf[codeOf(one) ?? ''] !== undefined);
  if (status === undefined) return { facts: outermostObservations(entry), others: [] };
  const code = codeOf(status) ?? '';
  const components =
    status === entry.element ? [] : [amountComponent(entry, code), ...otherComponents(entry, status)];
  const facts: Draft[] = [
    {
      ...entry.base('Observation'),
      status: entry.isNullified ? 'entered-in-error' : 'final',
      code: concept(codeSystems.snomed, code),
      ...(entry.period === undefined ? {} : { effectivePeriod: entry.period }),
      ...optional('valueCodeableConcept', conceptOf(findElement(status, 'value'), entry.document.context)),
      ...(components.flat().length === 0 ? {} : { component: components.flat() }),
    },
  ];
  return { facts, others: [] };
}

function amountComponent(entry: Statement, status: string): object[] {
  const value = entry.value();
  const code = amountOf[status];
  return code === undefined || Object.keys(value).length === 0
    ? []
    : [{ code: concept(codeSystems.snomed, code), ...value }];
}

function otherComponents(entry: Statement, status: XmlElement): object[] {
  return statementsWithin(entry.element)
    .slice(1)
    .filter((one) => one !== status && findElement(one, 'value') !== undefined)
    .map((one) => {
      const code = codeOf(one) ?? '';
      const kind = sameComponent.has(code) ? code : drugKind;
      return { code: concept(codeSystems.snomed, kind), ...entry.value(findElement(one, 'value')) };
    });
}

function readLivingSituation(entry: Statement): EntryDrafts {
  const value = entry.concept('value');
  const fullUrl = `urn:cda:house:${entry.key}`;
  const house: NamedDraft[] =
    value === undefined
      ? []
      : [
          {
            fullUrl,
            resource: {
              resourceType: 'Observation',
              status: 'final',
              code: concept(codeSystems.snomed, '272497004'),
              subject: patientReference,
              ...entry.timing('effective'),
              valueCodeableConcept: value,
            },
          },
        ];
  const situation: Draft = {
    ...entry.base('Observation'),
    status: 'final',
    code: concept(codeSystems.snomed, livingSituation),
    ...entry.timing('effective'),
    ...(value === undefined ? {} : { hasMember: [{ reference: fullUrl }] }),
  };
  return { facts: [situation], others: house };
}

function outermostObservations(entry: Statement): Draft[] {
  return outermost(entry.element, ({ name }) => name === 'observation').flatMap((element, index) =>
    observationOf(entry.within(element, String(index)), 'social-history'),
  );
}

/** Coded findings are functional or mental status; scores and the like are observations without a zib. */
export function readFunctionalStatus(entry: Statement): Draft[] {
  return outermost(entry.element, ({ name }) => name === 'observation').flatMap((element, index) => {
    const one = entry.within(element, String(index));
    const drafts = observationOf(one, undefined);
    const isCoded = findElement(element, 'value')?.attributes['xsi:type']?.startsWith('C') === true;
    if (!isCoded) return drafts;
    return drafts.map((draft) => ({ ...draft, category: [concept(codeSystems.snomed, '118228005')] }));
  });
}

function alertStatus(one: Statement): string {
  if (one.isNullified) return 'entered-in-error';
  return one.status === 'aborted' || one.status === 'cancelled' ? 'inactive' : 'active';
}

export function readAlerts(entry: Statement): Draft[] {
  const statements = outermost(entry.element, (one) => one.name === 'observation').filter(
    (one) => !isNegated(one),
  );
  return statements.map((element, index) => {
    const one = entry.within(element, String(index));
    const named = statementsWithin(element).find((part) => findElement(part, 'value') !== undefined);
    const kind = one.concept('code');
    return {
      ...one.base('Flag'),
      status: alertStatus(one),
      ...(kind === undefined ? {} : { category: [kind] }),
      code: conceptOf(findElement(named, 'value'), entry.document.context) ?? { text: 'Waarschuwing' },
      ...optional('period', one.period),
    };
  });
}
