import type { Draft } from '../fhir-types.js';
import type { MappingIssue } from '@samenhang/data-model';
import { readEncounters, readDevices, readDirectives, readPayers } from './care-process.js';
import { readAlerts, readFunctionalStatus, readSocialHistory } from './circumstances.js';
import { readResults, readVitalSigns } from './measurements.js';
import { readAllergies, readProblems } from './problems-and-allergies.js';
import { isNegated, type EntryDrafts, type Statement } from './statement.js';
import { readMedication } from './medication.js';
import { readProcedures, readVaccinations } from './treatments.js';
import { childrenOf, elementsWithin } from './xml.js';

export interface EntryOutcome extends EntryDrafts {
  readonly severity: MappingIssue['severity'];
  readonly code: string;
  /** Why nothing was made of the entry. */
  readonly problem?: string;
}

type Reader = (entry: Statement) => readonly Draft[] | EntryDrafts;

/** Sections by LOINC code: those of the BgZ, which documents of other countries share for the most part. */
const readers: Readonly<Record<string, Reader>> = {
  '48768-6': readPayers,
  '42348-3': readDirectives,
  '47420-5': readFunctionalStatus,
  '11450-4': readProblems,
  '29762-2': readSocialHistory,
  '75310-3': readAlerts,
  '48765-2': readAllergies,
  '10160-0': readMedication,
  '46264-8': readDevices,
  '11369-6': readVaccinations,
  '8716-3': readVitalSigns,
  '30954-2': readResults,
  '47519-4': readProcedures,
  '46240-8': readEncounters,
  '18776-5': readProcedures,
};

export function readEntry(section: string, entry: Statement): EntryOutcome {
  const none = { facts: [], others: [], severity: 'warning' } as const;
  const reader = readers[section];
  if (reader === undefined) {
    return {
      ...none,
      code: 'unsupported-section',
      problem: 'The section has no place here; its narrative is kept',
    };
  }
  if (isDenied(entry)) {
    return {
      ...none,
      severity: 'information',
      code: 'negated-statement',
      problem: 'The document says that it is not so; no fact is made of it, the narrative is kept',
    };
  }
  const read = reader(entry);
  const { facts, others } = 'facts' in read ? read : { facts: read, others: [] };
  if (facts.length > 0) {
    return {
      facts,
      others,
      severity: 'information',
      code: 'negated-statement',
      ...(deniesPart(entry)
        ? { problem: 'The entry says of a part that it is not so; no fact is made of that part' }
        : {}),
    };
  }
  return {
    ...none,
    code: 'unsupported-entry',
    problem: 'No fact was found in the entry; the narrative is kept',
  };
}

/** Acts of which FHIR can say that they were not done, or are not to be done. */
const goesOutDenied: ReadonlySet<string> = new Set(['substanceAdministration', 'procedure']);

/** "No known allergies" and the like: the statement itself, or the one that a concern is about, is negated. */
function isDenied(entry: Statement): boolean {
  if (goesOutDenied.has(entry.element.name)) return false;
  const statements = elementsWithin(entry.element, isNegated);
  return statements.some((one) => one === entry.element || isConcernAbout(entry, one));
}

/** Acts that are denied go out as not done; of observations that are denied nothing is made. */
function deniesPart({ element }: Statement): boolean {
  return elementsWithin(element, ({ name }) => name === 'observation').some(isNegated);
}

function isConcernAbout(entry: Statement, negated: Statement['element']): boolean {
  return (
    entry.element.name === 'act' &&
    childrenOf(entry.element, 'entryRelationship').some((link) => childrenOf(link).includes(negated))
  );
}
