import { standardDelimiters, type Hl7Segment } from '@samenhang/hl7v2';
import { concept } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { CodeableConcept, RelatedPerson } from '../fhir-types.js';
import { readCodedField } from './coded.js';
import { readAddresses, readContactPoints } from './contact-details.js';
import { textOf, type Hl7Run } from './hl7-run.js';
import { readName } from './names.js';
import { periodFrom } from './periods.js';
import { patientReference, type PatientOfMessage } from './patient-of-message.js';

/** NK1 as a contact person. One without a name or number to reach it by says nothing and is reported. */
export function mapContactPerson(nk1: Hl7Segment, patient: PatientOfMessage, run: Hl7Run): void {
  const names = nk1.field(2).repetitions.flatMap((value, index) => readName(value, run, index === 0) ?? []);
  const telecom = [
    ...readContactPoints(nk1.field(5), run, 'home'),
    ...readContactPoints(nk1.field(6), run, 'work'),
  ];
  if (names.length === 0 && telecom.length === 0) {
    run.report(
      'warning',
      'contact-without-name',
      nk1,
      'A contact person has neither a name nor a number and is left out',
    );
    return;
  }
  const relationship = relationshipsOf(nk1, run);
  const addresses = readAddresses(nk1.field(4), run);
  const gender = run.mapping.tables.findHl7('0001', textOf(nk1.field(15)));
  const birthDate = run.dateTime(nk1.field(16))?.slice(0, 10);
  const period = periodFrom(run.dateTime(nk1.field(8)), run.dateTime(nk1.field(9)), nk1.field(9), run);
  const person: RelatedPerson & { id: string } = {
    resourceType: 'RelatedPerson',
    id: run.mapping.idOf('RelatedPerson', contactKey(nk1, patient.id, run)),
    patient: patientReference(patient),
    ...(relationship.length === 0 ? {} : { relationship }),
    ...(names.length === 0 ? {} : { name: names }),
    ...(telecom.length === 0 ? {} : { telecom }),
    ...(gender === undefined ? {} : { gender }),
    ...(birthDate === undefined ? {} : { birthDate }),
    ...(addresses.length === 0 ? {} : { address: addresses }),
    ...(period === undefined ? {} : { period }),
  };
  run.mapping.put(person, { patientId: patient.id, location: nk1.path, onlyIfAbsent: run.mentionsOnly });
}

/** NK1-33 where there is a number, else the name: the order of contacts may change from message to message. */
function contactKey(nk1: Hl7Segment, patientId: string, run: Hl7Run): string {
  const number = textOf(nk1.field(33));
  const name = (): string => `${inStandardDelimiters(nk1.field(2).raw, run)}|${textOf(nk1.field(3)) ?? ''}`;
  return `contact:${patientId}:${number ?? name()}`;
}

/** The same name in other delimiters is the same name. */
function inStandardDelimiters(raw: string, run: Hl7Run): string {
  const { delimiters } = run.message;
  if (delimiters === standardDelimiters) return raw;
  const { component, repetition, subcomponent, escape } = standardDelimiters;
  const standard = new Map([
    [delimiters.component, component],
    [delimiters.repetition, repetition],
    [delimiters.subcomponent, subcomponent],
    [delimiters.escape, escape],
  ]);
  return [...raw].map((character) => standard.get(character) ?? character).join('');
}

function relationshipsOf(nk1: Hl7Segment, run: Hl7Run): CodeableConcept[] {
  const { tables } = run.mapping;
  const concepts: CodeableConcept[] = [];
  const relation = readCodedField(nk1.field(3), run, '0063');
  if (relation !== undefined) concepts.push(withRelation(relation, nk1, run));
  const role = readCodedField(nk1.field(7), run, '0131');
  if (role !== undefined) {
    const code = tables.findHl7('0131-role', role.coding?.[0]?.code);
    if (code !== undefined) role.coding = [{ system: codeSystems.contactRole, code }, ...(role.coding ?? [])];
    concepts.push(role);
  }
  return concepts;
}

/** The zib tells husband from wife and son from daughter: NK1-15 decides, and without it the relation is "other". */
function withRelation(relation: CodeableConcept, nk1: Hl7Segment, run: Hl7Run): CodeableConcept {
  const { tables } = run.mapping;
  const original = relation.coding?.[0]?.code;
  const role = tables.findHl7('0063-role', original);
  if (role !== undefined)
    return {
      ...relation,
      coding: [...(concept(codeSystems.contactRole, role).coding ?? []), ...(relation.coding ?? [])],
    };
  const [male = '', female] = tables.findHl7('0063', original)?.split('/') ?? [];
  if (male === '') return relation;
  const gender = tables.findHl7('0001', textOf(nk1.field(15)));
  const code = female === undefined || gender === 'male' ? male : gender === 'female' ? female : 'OTH';
  const system = code === 'OTH' ? codeSystems.nullFlavor : codeSystems.roleCode;
  return { ...relation, coding: [{ system, code }, ...(relation.coding ?? [])] };
}
