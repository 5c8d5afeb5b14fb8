import type { Draft } from '../fhir-types.js';
import { conceptOf, quantityOf } from './data-types.js';
import { isAdministration, materialOf, productOf } from './medication.js';
import { optional, outermost, type EntryDrafts, type Statement } from './statement.js';
import { childrenOf, findElement, wordsOf, type XmlElement } from './xml.js';

export function readVaccinations(entry: Statement): Draft[] {
  return outermost(entry.element, isAdministration)
    .filter((element) => entry.within(element, '').mood === 'EVN')
    .flatMap((element, index) => {
      const one = entry.within(element, String(index));
      const vaccine = productOf(one);
      const moment = one.moment ?? one.period?.start;
      if (vaccine === undefined) return [];
      const dose = quantityOf(findElement(element, 'doseQuantity'), one.document.context);
      return [
        {
          ...one.base('Immunization', 'patient'),
          status: one.isNullified ? 'entered-in-error' : one.isNegated ? 'not-done' : 'completed',
          vaccineCode: vaccine,
          ...(moment === undefined ? { occurrenceString: 'onbekend' } : { occurrenceDateTime: moment }),
          ...optional('lotNumber', wordsOf(findElement(materialOf(element), 'lotNumberText'))),
          ...(dose?.code === undefined ? {} : { doseQuantity: dose }),
        },
      ];
    });
}

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
