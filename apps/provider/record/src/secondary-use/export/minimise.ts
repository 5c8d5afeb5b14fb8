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
  readonly body: string;
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
    elements.flatMap((element) => {
      const rule = ruleOf(type, element);
      return rule === undefined ? [] : [[element, generaliseValue[rule]] as const];
    }),
  );
  const subject = subjectElementOf(type);
  const encounterKey = resourceKeyIn(tenant, 'Encounter', terms);
  const isWanted = (name: string): boolean => rules.has(name);
  return ({ key, body }, member) => {
    const precision: Precision = { dates: terms.dates, shiftDays: member.shiftDays, encounterKey };
    const given = new Map<string, string | undefined>();
    visitMembers(body, isWanted, (name, stated) => given.set(name, rules.get(name)?.(stated, precision)));
    let line = `{"resourceType":"${type}","id":"${subject === undefined ? member.key : key}"`;
    if (subject !== undefined) line += `,"${subject}":{"reference":"Patient/${member.key}"}`;
    for (const [name, value] of given) if (value !== undefined) line += `,"${name}":${value}`;
    return `${line}}\n`;
  };
}
