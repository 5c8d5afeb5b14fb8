import { shapeAddresses } from '../datatypes/addresses.js';
import {
  addCoding,
  codeSpecification,
  concept,
  findCoding,
  hasCodeSpecification,
  satisfies,
} from '../datatypes/concepts.js';
import { shapeContactPoints } from '../datatypes/contact-points.js';
import { shapeContactName, shapeNames } from '../datatypes/human-names.js';
import { shapeIdentifiers } from '../datatypes/identifiers.js';
import { codeSystems, hl7TableSystem } from '../fhir-systems.js';
import type { Element, Patient } from '../fhir-types.js';
import { conformsTo, type Conformance, type ProfileContext } from './conformance.js';

export function shapePatient(patient: Patient, context: ProfileContext): Conformance {
  patient.identifier = shapeIdentifiers(patient.identifier, context.tables, context.report);
  if (patient.identifier === undefined) delete patient.identifier;
  shapeNames(patient.name, context.report);
  shapeContactPoints(patient.telecom);
  shapeAddresses(patient.address, context.tables);
  shapeGender(patient, context);
  shapeMaritalStatus(patient, context);
  shapeLanguages(patient, context);
  shapeContacts(patient, context);
  checkLifespan(patient, context);
  return conformsTo('nl-core-Patient');
}

interface Gendered {
  gender?: string;
  _gender?: Element;
}

/** The zib's own gender code beside FHIR's (GeslachtCodelijst). */
export function shapeGender(person: Gendered, context: ProfileContext): void {
  const code = context.tables.find('gender', person.gender);
  if (code === undefined || hasCodeSpecification(person._gender)) return;
  const system = code === 'UNK' ? codeSystems.nullFlavor : codeSystems.administrativeGender;
  person._gender = { ...person._gender, ...codeSpecification(system, code) };
}

/** BurgerlijkeStaatCodelijst has six codes and no way out: another status has no place and is reported. */
function shapeMaritalStatus(patient: Patient, context: ProfileContext): void {
  const status = patient.maritalStatus;
  if (status === undefined) return;
  const original = findCoding(status, hl7TableSystem('0002'))?.code;
  const code =
    context.tables.findHl7('0002', original) ??
    context.tables.find('maritalStatus', findCoding(status, codeSystems.maritalStatus)?.code);
  if (code !== undefined) {
    addCoding(status, codeSystems.maritalStatus, code);
    return;
  }
  context.countUnmapped(status);
  delete patient.maritalStatus;
  context.report(
    'warning',
    'unmapped-marital-status',
    'The marital status has no code in BurgerlijkeStaatCodelijst and is left out',
    'maritalStatus',
  );
}

/** CommunicatieTaalCodelijst is ISO 639-1: the primary part of a BCP 47 tag. */
function shapeLanguages(patient: Patient, context: ProfileContext): void {
  if (patient.communication === undefined) return;
  patient.communication = patient.communication.filter((communication, index) => {
    const { language } = communication;
    if (satisfies(language, 'Taal', context.tables)) return true;
    const tag = language.coding?.find((coding) => /^[a-z]{2}(?:-|$)/i.test(coding.code ?? ''))?.code;
    if (tag !== undefined) {
      addCoding(language, codeSystems.language, tag.slice(0, 2).toLowerCase());
      return true;
    }
    context.countUnmapped(language);
    context.report(
      'warning',
      'unmapped-language',
      'The language has no ISO 639-1 code and is left out',
      `communication[${index}]`,
    );
    return false;
  });
  if (patient.communication.length === 0) delete patient.communication;
}

function shapeContacts(patient: Patient, context: ProfileContext): void {
  for (const [index, contact] of (patient.contact ?? []).entries()) {
    shapeContactName(contact.name, `contact[${index}].name`, context.report);
    shapeContactPoints(contact.telecom);
    shapeAddresses(contact.address, context.tables);
  }
}

/** A death before birth is a contradiction: that the patient died is kept, the date is not. */
function checkLifespan(patient: Patient, context: ProfileContext): void {
  const { birthDate, deceasedDateTime } = patient;
  if (birthDate === undefined || deceasedDateTime === undefined) return;
  const length = Math.min(birthDate.length, deceasedDateTime.length, 10);
  if (deceasedDateTime.slice(0, length) >= birthDate.slice(0, length)) return;
  delete patient.deceasedDateTime;
  patient.deceasedBoolean = true;
  context.report(
    'error',
    'death-before-birth',
    'The date of death is before the date of birth and is left out',
    'deceasedDateTime',
  );
}

/** A marital status of HL7 table 0002 with its original coding. */
export function maritalStatusOfTable0002(code: string): Patient['maritalStatus'] {
  return concept(hl7TableSystem('0002'), code);
}
