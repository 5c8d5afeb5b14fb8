import type { Draft } from '../fhir-types.js';
import type { MappingIssue } from '@samenhang/data-model';
import { childrenOf, elementsWithin } from '@samenhang/xml';
import { readEncounters, readDevices, readDirectives, readPayers } from './care-process.js';
import { readAlerts, readFunctionalStatus, readSocialHistory } from './circumstances.js';
import { readResults, readVitalSigns } from './measurements.js';
import { readAllergies, readProblems } from './problems-and-allergies.js';
import { isNutritionAdvice, readNutritionAdvice } from './nutrition-advice.js';
import { membersOf, unreadStatements } from './own-statements.js';
import { isNegated, type EntryDrafts, type Statement } from './statement.js';
import { readMedication } from './medication.js';
import { readPlan, readProcedures } from './treatments.js';
import { readVaccinations } from './vaccinations.js';

export interface EntryProblem {
  readonly severity: MappingIssue['severity'];
  readonly code: string;
  /** Within the entry. */
  readonly place: string;
  readonly text: string;
}

export interface EntryOutcome extends EntryDrafts {
  /** Of what nothing was made, and why. */
  readonly problems: readonly EntryProblem[];
}

type Reader = (entry: Statement) => readonly Draft[] | EntryDrafts;

/** Sections by LOINC code: those of the BgZ, which documents of other countries share for the most part. */
const readers: Readonly<Record<string, Reader>> = {
  '48768-6': readPayers,
  '42348-3': readDirectives,
  '47420-5': readFunctionalStatus,
  '11450-4': readProblems,
  '29762-2': (entry) => (isNutritionAdvice(entry) ? readNutritionAdvice(entry) : readSocialHistory(entry)),
  '75310-3': readAlerts,
  '48765-2': readAllergies,
  '10160-0': readMedication,
  '46264-8': readDevices,
  '11369-6': readVaccinations,
  '8716-3': readVitalSigns,
  '30954-2': readResults,
  '47519-4': readProcedures,
  '46240-8': readEncounters,
  '18776-5': (entry) => (isNutritionAdvice(entry) ? readNutritionAdvice(entry) : readPlan(entry)),
};

/** Of these, what an organizer groups belongs together; of others each member is read by itself. */
const readWhole: ReadonlySet<Reader> = new Set<Reader>([readVitalSigns, readResults]);

/** What an entry becomes. Of each statement in it either something is made or it is said that nothing is. */
export function readEntry(section: string, entry: Statement): EntryOutcome {
  const reader = readers[section];
  if (reader === undefined)
    return nothing(
      'warning',
      'unsupported-section',
      '',
      'The section has no place here; its narrative is kept',
    );
  const members = readWhole.has(reader) ? [{ element: entry.element, place: '' }] : membersOf(entry.element);
  const outcomes = members.map(({ element, place }, index) =>
    readMember(reader, element === entry.element ? entry : entry.within(element, `member-${index}`), place),
  );
  return {
    facts: outcomes.flatMap(({ facts }) => facts),
    others: outcomes.flatMap(({ others }) => others),
    problems: outcomes.flatMap(({ problems }) => problems),
  };
}

function readMember(reader: Reader, member: Statement, place: string): EntryOutcome {
  if (isDenied(member))
    return nothing(
      'information',
      'negated-statement',
      place,
      'The document says that it is not so; no fact is made of it, the narrative is kept',
    );
  const read = reader(member);
  const { facts, others } = 'facts' in read ? read : { facts: read, others: [] };
  const unread = unreadStatements(member.element, member.taken).filter(
    ({ element }) => !(element.name === 'observation' && isNegated(element)),
  );
  const problems: EntryProblem[] = unread.map((statement) => ({
    severity: 'warning',
    code: 'unsupported-entry',
    place: `${place}${statement.place}`,
    text: 'No fact was found in the statement; the narrative is kept',
  }));
  if (deniesPart(member))
    problems.push({
      severity: 'information',
      code: 'negated-statement',
      place,
      text: 'The entry says of a part that it is not so; no fact is made of that part',
    });
  return { facts, others, problems };
}

function nothing(
  severity: EntryProblem['severity'],
  code: string,
  place: string,
  text: string,
): EntryOutcome {
  return { facts: [], others: [], problems: [{ severity, code, place, text }] };
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
