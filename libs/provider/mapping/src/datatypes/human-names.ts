import type { MappingIssue } from '@samenhang/data-model';
import { extensionUrls } from '../fhir-systems.js';
import type { Element, HumanName } from '../fhir-types.js';

type Report = (severity: MappingIssue['severity'], code: string, text: string, element: string) => void;

/** One or more initials: single capitals, each with or without a point ("J", "J.", "Z.D.", "Th."). */
const INITIALS = /^(?:\p{Lu}\p{Ll}?\.)+$|^\p{Lu}$/u;

export type GivenKind = 'BR' | 'IN' | 'CL';

export function givenKind(given: string): GivenKind {
  return INITIALS.test(given) ? 'IN' : 'BR';
}

export function givenQualifier(kind: GivenKind): Element {
  return { extension: [{ url: extensionUrls.enQualifier, valueCode: kind }] };
}

/**
 * Names as nl-core-NameInformation and -GivenName want them: in an official name every given name says what it is
 * (full or initial), and the whole name is there as text. At most two names are official; a third keeps no use.
 */
export function shapeNames(names: HumanName[] | undefined, report: Report): void {
  let official = 0;
  for (const [index, name] of (names ?? []).entries()) {
    const isThird = name.use === 'official' && ++official > 2;
    if (isThird || (name.use === 'usual' && name.given === undefined)) {
      delete name.use;
      reportUse(report, `name[${index}].use`);
    }
    if (name.use === 'official') completeName(name);
  }
}

/** The profile knows the official name of a contact only. */
export function shapeContactName(name: HumanName | undefined, element: string, report: Report): void {
  if (name === undefined) return;
  if (name.use !== undefined && name.use !== 'official') reportUse(report, `${element}.use`);
  name.use = 'official';
  completeName(name);
}

function reportUse(report: Report, element: string): void {
  report('warning', 'unmapped-name-use', 'The profile has no room for this use of the name', element);
}

export function completeName(name: HumanName): void {
  if (name.given !== undefined) {
    name._given = name.given.map((given, index) => qualify(given, name._given?.[index]));
  }
  completeFamily(name);
  const words = nameInWords(name);
  if (words !== '') name.text ??= words;
}

function qualify(given: string | null, element: Element | null | undefined): Element | null {
  const qualified =
    element?.extension?.some((extension) => extension.url === extensionUrls.enQualifier) === true;
  if (qualified) return element ?? null;
  const qualifier = givenQualifier(given === null ? 'BR' : givenKind(given));
  return { ...element, extension: [...(element?.extension ?? []), ...(qualifier.extension ?? [])] };
}

/** `family` repeats in one string what the extensions say in parts (nl-core-NameInformation-02). */
function completeFamily(name: HumanName): void {
  if (name.family !== undefined || name._family?.extension === undefined) return;
  const part = (url: string): string | undefined => {
    const value = name._family?.extension?.find((extension) => extension.url === url)?.['valueString'];
    return typeof value === 'string' ? value : undefined;
  };
  const own = joinWords(part(extensionUrls.ownPrefix), part(extensionUrls.ownName));
  const partner = joinWords(part(extensionUrls.partnerPrefix), part(extensionUrls.partnerName));
  const family = own === '' || partner === '' ? own + partner : `${own} - ${partner}`;
  if (family !== '') name.family = family;
}

export function nameInWords(name: HumanName): string {
  return joinWords(...(name.prefix ?? []), ...(name.given ?? []), name.family, ...(name.suffix ?? []));
}

function joinWords(...words: (string | null | undefined)[]): string {
  return words.filter((word) => word !== undefined && word !== null && word !== '').join(' ');
}
