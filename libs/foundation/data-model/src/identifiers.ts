/** Branded identifiers: a value of one kind cannot be passed where another is wanted. */
declare const brand: unique symbol;
export type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** URA: subscriber number of a care provider in the UZI register, 8 digits with leading zeros. */
export type Ura = Branded<string, 'Ura'>;
/** Pseudonym of a person at one recipient: base64url of a 32-byte ristretto255 element. */
export type Pseudonym = Branded<string, 'Pseudonym'>;
/** Keyed hash of a patient's identifier, hexadecimal. The only form in which a patient may appear in keys, logs and metrics. */
export type PatientKey = Branded<string, 'PatientKey'>;
/** Identifier of one message as a source delivered it (UUID). */
export type MessageId = Branded<string, 'MessageId'>;
/** Identifier of a source system within a tenant: lower-case letters, digits and hyphens. */
export type SourceId = Branded<string, 'SourceId'>;

const URA = /^\d{8}$/;
const SOURCE_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;

export function findUra(text: string): Ura | undefined {
  return URA.test(text) ? (text as Ura) : undefined;
}

/** @throws RangeError when the text is not 8 digits */
export function getUra(text: string): Ura {
  const ura = findUra(text);
  if (ura === undefined) throw new RangeError('A URA has 8 digits');
  return ura;
}

export function findSourceId(text: string): SourceId | undefined {
  return SOURCE_ID.test(text) ? (text as SourceId) : undefined;
}

/** Identifier systems of the Dutch field, exact spelling (zib 2020 package, generic functions guide). */
export const identifierSystems = {
  bsn: 'http://fhir.nl/fhir/NamingSystem/bsn',
  ura: 'http://fhir.nl/fhir/NamingSystem/ura',
  uziPerson: 'http://fhir.nl/fhir/NamingSystem/uzi-nr-pers',
  uziRole: 'http://fhir.nl/fhir/NamingSystem/uzi-rolcode',
  agb: 'http://fhir.nl/fhir/NamingSystem/agb-z',
  big: 'http://fhir.nl/fhir/NamingSystem/big',
  organisationType: 'http://nictiz.nl/fhir/NamingSystem/organization-type',
  referenceIndexPseudonym: 'http://minvws.github.io/generiekefuncties-docs/NamingSystem/nvi-identifier',
} as const;

/** Base of the canonical URLs this project defines itself. */
export const canonicalBase = 'https://samenhang.example/fhir';

/** Code system of `meta.tag`: the version of the mapping that made a resource of the record. */
export const mappingVersionSystem = `${canonicalBase}/CodeSystem/mapping-version`;
