import { childrenOf, findElement, wordsOf, type XmlElement } from '@samenhang/xml';
import { codeSystems } from '../fhir-systems.js';
import type { CodeableConcept, Draft, Identifier, Patient } from '../fhir-types.js';
import { rejection } from '../source-message.js';
import type { CdaDocument } from './cda-document.js';
import { addressesOf, conceptOf, identifiersOf, momentOf, namesOf, telecomOf } from './data-types.js';

const genders: Readonly<Record<string, string>> = { M: 'male', F: 'female', UN: 'other' };

/** A draft under a name that other resources of the document refer to. */
export interface NamedDraft {
  readonly fullUrl: string;
  readonly resource: Draft;
}

export const patientUrl = 'urn:uuid:00000000-0000-5000-8000-000000000001';
export const patientReference = { reference: patientUrl, type: 'Patient' };

/** The patient of the header. Other numbers go before the BSN: they do not change when a BSN becomes known. */
export function readPatient(document: CdaDocument): Patient {
  const role = findElement(document.root, 'recordTarget', 'patientRole');
  const person = findElement(role, 'patient');
  const { context } = document;
  const identifiers = identifiersOf(childrenOf(role, 'id'), context.tables);
  if (identifiers.length === 0)
    throw rejection(
      'no-patient',
      'ClinicalDocument.recordTarget',
      'The document does not say by a number whom it is about',
    );
  const marital = conceptOf(findElement(person, 'maritalStatusCode'), context);
  const birth = momentOf(findElement(person, 'birthTime'), context);
  const death = momentOf(findElement(person, 'deceasedTime'), context);
  const code = findElement(person, 'administrativeGenderCode')?.attributes;
  const gender =
    code?.['code'] === undefined ? (code === undefined ? undefined : 'unknown') : genders[code['code']];
  const languages = childrenOf(person, 'languageCommunication').flatMap((one) => {
    const tag = findElement(one, 'languageCode')?.attributes['code'];
    return tag === undefined ? [] : [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: tag }] } }];
  });
  return {
    resourceType: 'Patient',
    identifier: [...identifiers.filter(isLocal), ...identifiers.filter((one) => !isLocal(one))],
    ...list('name', namesOf(childrenOf(person, 'name'))),
    ...list('telecom', telecomOf(childrenOf(role, 'telecom'))),
    ...(gender === undefined ? {} : { gender }),
    ...(birth === undefined ? {} : { birthDate: birth.slice(0, 10) }),
    ...(death === undefined ? deceased(person) : { deceasedDateTime: death }),
    ...list('address', addressesOf(childrenOf(role, 'addr'))),
    ...(marital === undefined ? {} : { maritalStatus: marital }),
    ...multipleBirth(person),
    ...list('communication', languages),
  };
}

function isLocal({ system }: Identifier): boolean {
  return system !== 'http://fhir.nl/fhir/NamingSystem/bsn';
}

function deceased(person: XmlElement | undefined): Pick<Patient, 'deceasedBoolean'> {
  const indicator = findElement(person, 'deceasedInd')?.attributes['value'];
  return indicator === undefined ? {} : { deceasedBoolean: indicator === 'true' };
}

function multipleBirth(person: XmlElement | undefined): object {
  const indicator = findElement(person, 'multipleBirthInd')?.attributes['value'];
  return indicator === undefined ? {} : { multipleBirthBoolean: indicator === 'true' };
}

/** Contact persons and legal representatives; the general practitioner becomes one of the patient's professionals. */
export function readPersons(document: CdaDocument): { contacts: Draft[]; practitioners: NamedDraft[] } {
  const participants = childrenOf(document.root, 'participant').flatMap((participant) => {
    const entity = findElement(participant, 'associatedEntity');
    return entity === undefined ? [] : [{ participant, entity }];
  });
  const guardians = childrenOf(
    findElement(document.root, 'recordTarget', 'patientRole', 'patient'),
    'guardian',
  );
  const contacts = participants
    .filter(({ entity }) => /^(?:CON|ECON|NOK|PRS)$/.test(entity.attributes['classCode'] ?? ''))
    .map(({ participant, entity }) =>
      contactOf(
        entity,
        'associatedPerson',
        [findElement(participant, 'functionCode'), findElement(entity, 'code')],
        document,
      ),
    );
  const professionals = participants.filter(({ entity }) => entity.attributes['classCode'] === 'CAREGIVER');
  return {
    contacts: [
      ...contacts,
      ...guardians.map((guardian) =>
        contactOf(guardian, 'guardianPerson', [findElement(guardian, 'code')], document),
      ),
    ],
    practitioners: professionals.flatMap(({ entity }, index) =>
      professionalsOf(entity, `gp-${index}`, document),
    ),
  };
}

function contactOf(
  entity: XmlElement,
  personName: string,
  codes: readonly (XmlElement | undefined)[],
  { context }: CdaDocument,
): Draft {
  const relationships = codes.flatMap((code) => {
    const one = conceptOf(code, context);
    return one === undefined ? [] : [withTwoDigits(one)];
  });
  return {
    resourceType: 'RelatedPerson',
    patient: patientReference,
    ...list('relationship', relationships),
    ...list('name', namesOf(childrenOf(findElement(entity, personName), 'name'))),
    ...list('telecom', telecomOf(childrenOf(entity, 'telecom'))),
    ...list('address', addressesOf(childrenOf(entity, 'addr'))),
  };
}

/** The list of roles counts in two digits, documents often in one. */
function withTwoDigits(relationship: CodeableConcept): CodeableConcept {
  for (const coding of relationship.coding ?? [])
    if (coding.system === codeSystems.contactRole) coding.code = coding.code?.padStart(2, '0') ?? '';
  return relationship;
}

/** A care professional: the person, the organisation and the role between them, the role first. */
export function professionalsOf(entity: XmlElement, key: string, { context }: CdaDocument): NamedDraft[] {
  const person =
    findElement(entity, 'assignedPerson') ??
    findElement(entity, 'associatedPerson') ??
    findElement(entity, 'playingEntity');
  const organization =
    findElement(entity, 'representedOrganization') ?? findElement(entity, 'scopingOrganization');
  const identifiers = identifiersOf(childrenOf(entity, 'id'), context.tables);
  const names = namesOf(childrenOf(person, 'name'));
  const specialty = conceptOf(findElement(entity, 'code'), context);
  const practitioner: NamedDraft[] =
    identifiers.length === 0 && names.length === 0
      ? []
      : [
          {
            fullUrl: `urn:cda:practitioner:${key}`,
            resource: {
              resourceType: 'Practitioner',
              ...list('identifier', identifiers),
              ...list('name', names),
            },
          },
        ];
  const place = organizationOf(organization, `urn:cda:organization:${key}`, context);
  if (practitioner.length === 0 && place.length === 0 && specialty === undefined) return [];
  const role: Draft = {
    resourceType: 'PractitionerRole',
    ...(practitioner.length === 0 ? {} : { practitioner: { reference: `urn:cda:practitioner:${key}` } }),
    ...(place.length === 0 ? {} : { organization: { reference: `urn:cda:organization:${key}` } }),
    ...(specialty === undefined ? {} : { specialty: [specialty] }),
    ...list('telecom', telecomOf(childrenOf(entity, 'telecom'))),
  };
  return [{ fullUrl: `urn:cda:role:${key}`, resource: role }, ...practitioner, ...place];
}

export function organizationOf(
  element: XmlElement | undefined,
  fullUrl: string,
  context: CdaDocument['context'],
): NamedDraft[] {
  const name = wordsOf(findElement(element, 'name')) ?? wordsOf(findElement(element, 'desc'));
  const identifiers = identifiersOf(childrenOf(element, 'id'), context.tables);
  if (element === undefined || (name === undefined && identifiers.length === 0)) return [];
  const type = conceptOf(
    findElement(element, 'standardIndustryClassCode') ?? findElement(element, 'code'),
    context,
  );
  const resource: Draft = {
    resourceType: 'Organization',
    ...list('identifier', identifiers),
    ...(type === undefined ? {} : { type: [type] }),
    ...(name === undefined ? {} : { name }),
    ...list('telecom', telecomOf(childrenOf(element, 'telecom'))),
    ...list('address', addressesOf(childrenOf(element, 'addr'))),
  };
  return [{ fullUrl, resource }];
}

function list(name: string, items: readonly unknown[]): Record<string, readonly unknown[]> {
  return items.length === 0 ? {} : { [name]: items };
}
