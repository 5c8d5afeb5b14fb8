import type { Hl7Segment } from '@samenhang/hl7v2';
import { codeSystems } from '../fhir-systems.js';
import type { CodeableConcept, Reference, Specimen } from '../fhir-types.js';
import { readCodedField } from './coded.js';
import type { Hl7Run } from './hl7-run.js';
import { entityKey } from './identifiers.js';
import { periodFrom } from './periods.js';
import { patientReference, type PatientOfMessage } from './patient-of-message.js';

/** SPM as a Specimen of a laboratory result. */
export function mapSpecimen(
  spm: Hl7Segment,
  orderKey: string,
  patient: PatientOfMessage,
  run: Hl7Run,
): Reference {
  const key = entityKey(spm.field(2).repetition(1)) ?? `${orderKey}:${spm.sequence}`;
  const id = run.mapping.idOf('Specimen', `specimen:${patient.id}:${key}`);
  const type = specimenType(spm, run);
  const collection = collectionOf(spm, run);
  const received = run.dateTime(spm.field(18));
  const specimen: Specimen & { id: string } = {
    resourceType: 'Specimen',
    id,
    ...(type === undefined ? {} : { type }),
    subject: patientReference(patient),
    ...(received === undefined ? {} : { receivedTime: received }),
    ...(collection === undefined ? {} : { collection }),
  };
  run.mapping.put(specimen, { patientId: patient.id, location: spm.path });
  return {
    reference: `Specimen/${id}`,
    type: 'Specimen',
    ...(type?.text === undefined ? {} : { display: type.text }),
  };
}

function specimenType(spm: Hl7Segment, run: Hl7Run): CodeableConcept | undefined {
  const type = readCodedField(spm.field(4), run, '0487');
  const codes = type?.coding ?? [];
  if (type === undefined || codes.some(({ system }) => system === codeSystems.snomed)) return type;
  const snomed = codes
    .map(({ code }) => run.mapping.tables.findHl7('0487', code))
    .find((code) => code !== undefined);
  return snomed === undefined
    ? type
    : { ...type, coding: [{ system: codeSystems.snomed, code: snomed }, ...codes] };
}

/** SPM-17 is a range of times (DR). */
function collectionOf(spm: Hl7Segment, run: Hl7Run): Specimen['collection'] {
  const range = spm.field(17).repetition(1);
  const period = periodFrom(run.dateTime(range.component(1)), run.dateTime(range.component(2)), range, run);
  const bodySite = readCodedField(spm.field(8), run);
  const collected =
    period?.start === undefined || period.end !== undefined
      ? { ...(period === undefined ? {} : { collectedPeriod: period }) }
      : { collectedDateTime: period.start };
  const collection = { ...collected, ...(bodySite === undefined ? {} : { bodySite }) };
  return Object.keys(collection).length === 0 ? undefined : collection;
}
