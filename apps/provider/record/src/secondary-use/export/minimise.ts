import { ruleOf, subjectElementOf, type Dataset, type PermitTerms } from '@samenhang/secondary-use';
import { resourceKeyIn } from '../permitted-source.js';
import { generaliseValue, type Precision } from './generalise-value.js';
import { visitMembers } from './json-members.js';

/** As whom somebody's resources are given. */
export interface Member {
  readonly key: string;
  readonly shiftDays: number;
}

/** A resource as it is stored, with the id that it has for the project. */
export interface StoredResource {
  readonly key: string;
  /** It stands in this text, among others. */
  readonly text: string;
  readonly from: number;
  readonly until: number;
}

/**
 * Makes of stored resources what a permit gives of them, as lines of NDJSON. Only what it gives is read; what no rule says
 * something of is never looked at.
 */
export function minimiser(
  { type, elements }: Dataset,
  terms: PermitTerms,
  tenant: string,
): (stored: StoredResource, member: Member) => string {
  const rules = new Map(
    elements
      .flatMap((element) => {
        const rule = ruleOf(type, element);
        return rule === undefined ? [] : [{ element, generalise: generaliseValue[rule] }];
      })
      .map((rule, place) => [rule.element, { ...rule, place }] as const),
  );
  const names = [...rules.keys()];
  const subject = subjectElementOf(type);
  const encounterKey = resourceKeyIn(tenant, 'Encounter', terms);
  const isWanted = (name: string): boolean => rules.has(name);
  return ({ key, text, from, until }, member) => {
    const precision: Precision = { dates: terms.dates, shiftDays: member.shiftDays, encounterKey };
    // Of an element that is there twice the last one counts: nothing is written before all are seen.
    const given: (string | undefined)[] = [];
    const end = visitMembers(
      text,
      isWanted,
      (name, stated) => {
        const rule = rules.get(name);
        if (rule !== undefined) given[rule.place] = rule.generalise(stated, precision);
      },
      from,
    );
    if (end !== until && text.slice(end, until).trim() !== '')
      throw new SyntaxError('A resource goes on where it should have ended');
    let line = `{"resourceType":"${type}","id":"${subject === undefined ? member.key : key}"`;
    if (subject !== undefined) line += `,"${subject}":{"reference":"Patient/${member.key}"}`;
    for (const [place, value] of given.entries())
      if (value !== undefined) line += `,"${names[place] ?? ''}":${value}`;
    return `${line}}\n`;
  };
}
