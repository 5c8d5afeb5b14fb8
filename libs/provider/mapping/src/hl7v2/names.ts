import type { Hl7Component, Hl7Repetition } from '@samenhang/hl7v2';
import { givenKind, givenQualifier } from '../datatypes/human-names.js';
import { extensionUrls } from '../fhir-systems.js';
import type { Extension, HumanName } from '../fhir-types.js';
import { textOf, type Hl7Run } from './hl7-run.js';

/**
 * A person's name (XPN). The surname FN holds, beside the name as used, the own and the partner's name each with its
 * prefix; from the order in which the full name has them follows the Dutch name usage.
 */
export function readName(value: Hl7Repetition, run: Hl7Run, isFirst: boolean): HumanName | undefined {
  const type = textOf(value.component(7));
  const use = type === undefined && isFirst ? 'official' : run.mapping.tables.findHl7('0200', type);
  return buildName(
    {
      family: value.component(1),
      given: [textOf(value.component(2)), textOf(value.component(3))],
      suffix: [textOf(value.component(4)), textOf(value.component(6))],
      prefix: [textOf(value.component(5))],
    },
    use,
  );
}

interface NameParts {
  readonly family: Hl7Component;
  readonly given: readonly (string | undefined)[];
  readonly suffix: readonly (string | undefined)[];
  readonly prefix: readonly (string | undefined)[];
}

export function buildName(parts: NameParts, use: string | undefined): HumanName | undefined {
  const name: HumanName = use === undefined ? {} : { use };
  addFamily(name, parts.family);
  const given = present(parts.given);
  if (given.length > 0) {
    name.given = given;
    if (use === 'official') name._given = given.map((one) => givenQualifier(givenKind(one)));
  }
  const prefix = present(parts.prefix);
  const suffix = present(parts.suffix);
  if (prefix.length > 0) name.prefix = prefix;
  if (suffix.length > 0) name.suffix = suffix;
  return name.family === undefined && name.given === undefined ? undefined : name;
}

function addFamily(name: HumanName, surname: Hl7Component): void {
  const part = (number: number): string | undefined => textOf(surname.subcomponent(number));
  const [full, ownPrefix, ownName, partnerPrefix, partnerName] = [
    part(1),
    part(2),
    part(3),
    part(4),
    part(5),
  ];
  const own = present([ownPrefix, ownName]).join(' ');
  const partner = present([partnerPrefix, partnerName]).join(' ');
  const family = full ?? (own === '' ? partner : own);
  if (family === '') return;
  name.family = family;
  const extensions: Extension[] = [];
  const add = (url: string, value: string | undefined): void => {
    if (value !== undefined) extensions.push({ url, valueString: value });
  };
  // A prefix without the name it belongs to is an error in the profile, and says nothing.
  add(extensionUrls.ownPrefix, ownName === undefined ? undefined : ownPrefix);
  add(extensionUrls.ownName, ownName);
  add(extensionUrls.partnerPrefix, partnerName === undefined ? undefined : partnerPrefix);
  add(extensionUrls.partnerName, partnerName);
  if (extensions.length > 0) name._family = { extension: extensions };
  const usage = full === undefined ? undefined : findNameUsage(full, ownName, partnerName);
  if (usage !== undefined && name.use === 'official') {
    name.extension = [{ url: extensionUrls.assemblyOrder, valueCode: usage }];
  }
}

/** NL1 own name, NL2 partner's name, NL3 partner's before own, NL4 own before partner's; undefined when it does not show. */
export function findNameUsage(
  full: string,
  ownName: string | undefined,
  partnerName: string | undefined,
): 'NL1' | 'NL2' | 'NL3' | 'NL4' | undefined {
  const whole = full.toLowerCase();
  const own = ownName === undefined ? -1 : whole.indexOf(ownName.toLowerCase());
  const partner = partnerName === undefined ? -1 : whole.indexOf(partnerName.toLowerCase());
  if (own < 0 && partner < 0) return undefined;
  if (partner < 0) return 'NL1';
  if (own < 0) return 'NL2';
  if (own === partner) return undefined;
  return partner < own ? 'NL3' : 'NL4';
}

function present(values: readonly (string | undefined)[]): string[] {
  return values.filter((value) => value !== undefined);
}
