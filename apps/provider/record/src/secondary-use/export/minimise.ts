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
  /** Its body is the end of this text. */
  readonly text: string;
  readonly from: number;
}

/** Adds the line that a resource becomes, in pieces: joining those of many at once is cheaper than of each. */
export type Minimise = (stored: StoredResource, member: Member, pieces: string[]) => void;

/**
 * Makes of stored resources what a permit gives of them, as lines of NDJSON. Only what it gives is read; what no rule says
 * something of is never looked at.
 */
export function minimiser({ type, elements }: Dataset, terms: PermitTerms, tenant: string): Minimise {
  const rules = new Map(
    elements
      .flatMap((element) => {
        const rule = ruleOf(type, element);
        return rule === undefined ? [] : [{ element, generalise: generaliseValue[rule] }];
      })
      .map((rule, place) => [rule.element, { ...rule, place }] as const),
  );
  const names = [...rules.keys()].map((element) => `,"${element}":`);
  const subject = subjectElementOf(type);
  const begin = `{"resourceType":"${type}","id":"`;
  const ofWhom = subject === undefined ? undefined : `","${subject}":{"reference":"Patient/`;
  const encounterKey = resourceKeyIn(tenant, 'Encounter', terms);
  const isWanted = (name: string): boolean => rules.has(name);
  const given = names.map((): string | undefined => undefined);
  return ({ key, text, from }, member, pieces) => {
    const precision: Precision = { dates: terms.dates, shiftDays: member.shiftDays, encounterKey };
    // Of an element that is there twice the last one counts: nothing is written before all are seen.
    given.fill(undefined);
    const end = visitMembers(
      text,
      isWanted,
      (name, stated) => {
        const rule = rules.get(name);
        if (rule !== undefined) given[rule.place] = rule.generalise(stated, precision);
      },
      from,
    );
    if (end !== text.length && text.slice(end).trim() !== '')
      throw new SyntaxError('A resource goes on where it should have ended');
    if (ofWhom === undefined) pieces.push(begin, member.key, '"');
    else pieces.push(begin, key, ofWhom, member.key, '"}');
    for (let place = 0; place < names.length; place++) {
      const [name, value] = [names[place], given[place]];
      if (name !== undefined && value !== undefined) pieces.push(name, value);
    }
    pieces.push('}\n');
  };
}
