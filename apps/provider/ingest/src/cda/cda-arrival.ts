import type { PatientKeyring } from '@samenhang/patient-identity';
import type { Arrival, Refusal } from '../intake/arrival.js';
import { hashContent } from '../intake/content-hash.js';
import type { Source } from '../sources/source.js';
import { fhirOrderingKey } from '../fhir/patient-of-resource.js';
import { isCdaProblem, readCda } from './read-cda.js';

/** A document as a message; with a refusal when it cannot be read. */
export function toCdaArrival(content: Buffer, source: Source, keyring: PatientKeyring): Arrival {
  const reading = readCda(content);
  const refusal: Refusal | undefined = isCdaProblem(reading) ? reading : undefined;
  const { documentId, patient } = isCdaProblem(reading)
    ? { documentId: undefined, patient: undefined }
    : reading;
  return {
    source,
    format: 'cda',
    content,
    contentHash: hashContent(content),
    controlId: documentId?.replace(/\p{Cc}/gu, '').slice(0, 199),
    orderingKey: fhirOrderingKey(patient, source, keyring),
    receivedAt: new Date(),
    refusal,
  };
}
