import { childrenOf, findElement, wordsOf, type XmlElement } from '@samenhang/xml';
import { findDecimal } from '../datatypes/decimals.js';
import { givenKind, givenQualifier } from '../datatypes/human-names.js';
import { isOid } from '../datatypes/oids.js';
import { findSystemOfOid } from '../datatypes/systems.js';
import { codeUnit } from '../datatypes/quantities.js';
import { codeSystems, extensionUrls, nictiz } from '../fhir-systems.js';
import type {
  Address,
  CodeableConcept,
  Coding,
  ContactPoint,
  Element,
  HumanName,
  Identifier,
  Period,
  Quantity,
} from '../fhir-types.js';
import { readDateTime } from '../hl7v2/date-time.js';
import type { CodeTables } from '../tables/code-tables.js';

/** What reading data types needs to know of the document around them. */
export interface CdaContext {
  readonly tables: CodeTables;
  readonly timeZone: string;
  /** Words in the narrative that an element refers to by `#id`. */
  readonly wordsOf: (reference: string) => string | undefined;
}

export function systemOfOid(oid: string | undefined, tables: CodeTables): string | undefined {
  if (oid === undefined) return undefined;
  return findSystemOfOid(oid, tables) ?? (isOid(oid) ? `urn:oid:${oid}` : undefined);
}

/** CD, CE, CV: the code, its translations and the words. Undefined when there is nothing but a null flavour. */
export function conceptOf(element: XmlElement | undefined, context: CdaContext): CodeableConcept | undefined {
  if (element === undefined) return undefined;
  const codings = [element, ...childrenOf(element, 'translation')].flatMap((one) => codingOf(one, context));
  const text = wordsOfElement(findElement(element, 'originalText'), context);
  const laterality = lateralityOf(element, context);
  if (codings.length === 0 && text === undefined) return undefined;
  return {
    ...(laterality === undefined ? {} : { extension: [laterality] }),
    ...(codings.length === 0 ? {} : { coding: codings }),
    ...(text === undefined ? {} : { text }),
  };
}

function codingOf(element: XmlElement, { tables }: CdaContext): Coding[] {
  const { code, codeSystem, displayName } = element.attributes;
  if (code === undefined) return [];
  const system = systemOfOid(codeSystem, tables);
  const display = displayName === undefined || displayName.trim() === '' ? undefined : displayName;
  return [
    { ...(system === undefined ? {} : { system }), code, ...(display === undefined ? {} : { display }) },
  ];
}

function lateralityOf(
  element: XmlElement,
  context: CdaContext,
): { url: string; valueCodeableConcept: unknown } | undefined {
  const qualifier = childrenOf(element, 'qualifier').find(
    (one) => findElement(one, 'name')?.attributes['code'] === '272741003',
  );
  const value = conceptOf(findElement(qualifier, 'value'), context);
  return value === undefined
    ? undefined
    : { url: `${nictiz}/ext-AnatomicalLocation.Laterality`, valueCodeableConcept: value };
}

/** The words of an element, or those in the narrative that it refers to. */
export function wordsOfElement(element: XmlElement | undefined, context: CdaContext): string | undefined {
  const reference = findElement(element, 'reference')?.attributes['value'];
  return wordsOf(element) ?? (reference === undefined ? undefined : context.wordsOf(reference));
}

/** TS: a point in time, no more precise than written. */
export function momentOf(element: XmlElement | undefined, context: CdaContext): string | undefined {
  const text = element?.attributes['value'];
  if (text === undefined) return undefined;
  const moment = readDateTime(text, context.timeZone);
  return 'value' in moment ? moment.value : undefined;
}

/** IVL_TS, or TS as a period of that moment. */
export function periodOf(element: XmlElement | undefined, context: CdaContext): Period | undefined {
  const start = momentOf(findElement(element, 'low'), context) ?? momentOf(element, context);
  const end = momentOf(findElement(element, 'high'), context);
  if (start === undefined && end === undefined) return undefined;
  return { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
}

/** PQ. A unit that is UCUM is its code; another keeps its words. */
export function quantityOf(element: XmlElement | undefined, context: CdaContext): Quantity | undefined {
  const { value: text, unit } = element?.attributes ?? {};
  const value = text === undefined ? undefined : findDecimal(text);
  if (value === undefined) return undefined;
  if (unit === undefined || unit === '1') return { value };
  if (context.tables.isUcum(unit)) return { value, unit, system: codeSystems.ucum, code: unit };
  const quantity: Quantity = { value, unit };
  codeUnit(quantity, context.tables);
  return quantity;
}

/** II. A root alone is an id that is unique by itself. */
export function identifiersOf(elements: readonly XmlElement[], tables: CodeTables): Identifier[] {
  return elements.flatMap(({ attributes: { root, extension } }) => {
    if (root === undefined) return [];
    if (extension === undefined || extension.trim() === '') {
      const prefix = isOid(root) ? 'urn:oid:' : /^[0-9a-fA-F-]{36}$/.test(root) ? 'urn:uuid:' : undefined;
      return prefix === undefined
        ? []
        : [{ system: 'urn:ietf:rfc:3986', value: prefix + root.toLowerCase() }];
    }
    const system = systemOfOid(root, tables);
    return [{ ...(system === undefined ? {} : { system }), value: extension.trim() }];
  });
}

/** PN, by the qualifiers of the Dutch header: BR birth or full, IN initials, CL called, SP partner, VV prefix. */
export function namesOf(elements: readonly XmlElement[]): HumanName[] {
  return elements.flatMap((element) => {
    const named = readParts(element);
    const called = named.given.filter(({ kind }) => kind === 'CL').map(({ text }) => text);
    const usual: HumanName[] = called.length === 0 ? [] : [{ use: 'usual', given: called }];
    const given = named.given.filter(({ kind }) => kind !== 'CL');
    const words = wordsOf(element);
    if (given.length === 0 && named.family === undefined)
      return words === undefined ? usual : [{ text: words }];
    const name: HumanName = {
      use: 'official',
      ...named.family,
      ...(given.length === 0 ? {} : { given: given.map(({ text }) => text) }),
      ...(given.length === 0
        ? {}
        : { _given: given.map(({ text, kind }) => givenQualifier(kind === 'IN' ? 'IN' : givenKind(text))) }),
      ...(named.titles.length === 0 ? {} : { prefix: named.titles }),
    };
    return [name, ...usual];
  });
}

interface NameParts {
  readonly given: readonly { readonly text: string; readonly kind: string | undefined }[];
  readonly family: Pick<HumanName, 'family' | '_family'> | undefined;
  readonly titles: readonly string[] & string[];
}

function readParts(element: XmlElement): NameParts {
  const parts = childrenOf(element).flatMap((part) => {
    const text = wordsOf(part);
    return text === undefined ? [] : [{ name: part.name, text, kind: part.attributes['qualifier'] }];
  });
  const of = (name: string): typeof parts => parts.filter((part) => part.name === name);
  const families = of('family');
  const prefixes = of('prefix').filter(({ kind }) => kind === 'VV');
  const own = families.find(({ kind }) => kind !== 'SP');
  const partner = families.find(({ kind }) => kind === 'SP');
  const prefixOf = (family: typeof own): string | undefined => {
    const before = family === undefined ? -1 : parts.indexOf(family) - 1;
    return prefixes.find((prefix) => parts.indexOf(prefix) === before)?.text;
  };
  return {
    given: of('given').map(({ text, kind }) => ({ text, kind })),
    family: familyOf(own?.text, prefixOf(own), partner?.text, prefixOf(partner)),
    titles: of('prefix')
      .filter(({ kind }) => kind !== 'VV')
      .map(({ text }) => text),
  };
}

function familyOf(
  own: string | undefined,
  ownPrefix: string | undefined,
  partner: string | undefined,
  partnerPrefix: string | undefined,
): Pick<HumanName, 'family' | '_family'> | undefined {
  if (own === undefined && partner === undefined) return undefined;
  const join = (...words: (string | undefined)[]): string =>
    words.filter((word) => word !== undefined).join(' ');
  const parts = [join(ownPrefix, own), join(partnerPrefix, partner)].filter((part) => part !== '');
  const extensions = (
    [
      [extensionUrls.ownPrefix, own === undefined ? undefined : ownPrefix],
      [extensionUrls.ownName, own],
      [extensionUrls.partnerPrefix, partner === undefined ? undefined : partnerPrefix],
      [extensionUrls.partnerName, partner],
    ] as const
  ).flatMap(([url, valueString]) => (valueString === undefined ? [] : [{ url, valueString }]));
  const _family: Element = { extension: extensions };
  return { family: parts.join('-'), _family };
}

const addressUses: Readonly<Record<string, Address['use']>> = {
  H: 'home',
  HP: 'home',
  HV: 'temp',
  TMP: 'temp',
  WP: 'work',
};

export function addressesOf(elements: readonly XmlElement[]): Address[] {
  return elements.flatMap((element) => {
    const part = (name: string): string | undefined => wordsOf(findElement(element, name));
    const [street, number, suffix] = ['streetName', 'houseNumber', 'buildingNumberSuffix'].map(part);
    const line = [street, number, suffix].filter((text) => text !== undefined).join(' ');
    const lines =
      line === '' ? childrenOf(element, 'streetAddressLine').flatMap((one) => wordsOf(one) ?? []) : [line];
    const extensions = (
      [
        [extensionUrls.streetName, street],
        [extensionUrls.houseNumber, number],
        [extensionUrls.buildingNumberSuffix, suffix],
      ] as const
    ).flatMap(([url, valueString]) => (valueString === undefined ? [] : [{ url, valueString }]));
    const use = addressUses[element.attributes['use'] ?? ''];
    const address: Address = {
      ...(use === undefined ? {} : { use }),
      ...(lines.length === 0 ? {} : { line: lines }),
      ...(extensions.length === 0 ? {} : { _line: [{ extension: extensions }] }),
      ...optional('city', part('city')),
      ...optional('district', part('county')),
      ...optional('state', part('state')),
      ...optional('postalCode', part('postalCode')),
      ...optional('country', part('country')),
    };
    return Object.keys(address).some((key) => key !== 'use') ? [address] : [];
  });
}

function optional<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, string>);
}

/** TEL: the scheme of the URL says the kind. */
export function telecomOf(elements: readonly XmlElement[]): ContactPoint[] {
  return elements.flatMap(({ attributes: { value, use } }): ContactPoint[] => {
    const [, scheme = '', rest = ''] = /^(tel|mailto|fax|https?):(.+)$/i.exec(value ?? '') ?? [];
    if (rest === '') return [];
    const kind = scheme.toLowerCase();
    if (kind.startsWith('http')) return [{ system: 'url', value: value ?? '' }];
    const system = kind === 'mailto' ? 'email' : kind === 'fax' ? 'fax' : 'phone';
    const fhirUse =
      use === 'MC' ? 'mobile' : use === 'WP' ? 'work' : use?.startsWith('H') === true ? 'home' : undefined;
    return [{ system, value: rest, ...(fhirUse === undefined ? {} : { use: fhirUse }) }];
  });
}
