import { childrenOf, type XmlElement } from '@samenhang/xml';
import type { Draft } from '../fhir-types.js';
import { readDevices, readEncounters } from './care-process.js';
import { conceptOf } from './data-types.js';
import { outermost, type EntryDrafts, type Statement } from './statement.js';
import { isVaccination, readVaccinations } from './vaccinations.js';

const isAct = ({ name }: XmlElement): boolean =>
  name === 'procedure' || name === 'observation' || name === 'act';

/** What was done, and in other moods what is asked for. */
export function readProcedures(entry: Statement): EntryDrafts {
  const facts: Draft[] = [];
  const others: EntryDrafts['others'][number][] = [];
  for (const [index, element] of outermost(entry.element, isAct).entries()) {
    const one = entry.within(element, String(index));
    const code = one.concept('code');
    if (code === undefined) continue;
    const sites = childrenOf(element, 'targetSiteCode').flatMap(
      (site) => conceptOf(site, one.document.context) ?? [],
    );
    const { references, drafts } = one.professionals('performer');
    const shared = { code, ...(sites.length === 0 ? {} : { bodySite: sites }) };
    if (one.mood === 'EVN') {
      facts.push({
        ...one.base('Procedure'),
        status: one.isNegated && !one.isNullified ? 'not-done' : procedureStatus(one.status),
        ...shared,
        ...one.timing('performed'),
        ...(references.length === 0 ? {} : { performer: references.map((actor) => ({ actor })) }),
      });
    } else {
      facts.push({
        ...one.base('ServiceRequest'),
        status: requestStatuses[one.status ?? ''] ?? 'active',
        ...(one.isNegated ? { doNotPerform: true } : {}),
        intent: one.mood === 'PRP' ? 'proposal' : one.mood === 'RQO' ? 'order' : 'plan',
        ...shared,
        ...one.timing('occurrence'),
        ...(references.length === 0 ? {} : { performer: references }),
      });
    }
    others.push(...drafts);
  }
  return { facts, others };
}

/** What is planned: procedures, vaccinations, contacts, devices. */
export function readPlan(entry: Statement): EntryDrafts {
  switch (entry.element.name) {
    case 'encounter':
      return readEncounters(entry);
    case 'supply':
      return readDevices(entry);
    case 'substanceAdministration':
      return { facts: isVaccination(entry) ? readVaccinations(entry) : [], others: [] };
    default:
      return readProcedures(entry);
  }
}

const requestStatuses: Readonly<Record<string, string>> = {
  completed: 'completed',
  suspended: 'on-hold',
  aborted: 'revoked',
  cancelled: 'revoked',
  nullified: 'entered-in-error',
};

function procedureStatus(status: string | undefined): string {
  if (status === 'active') return 'in-progress';
  if (status === 'nullified') return 'entered-in-error';
  if (status === 'aborted' || status === 'cancelled') return 'stopped';
  return 'completed';
}
