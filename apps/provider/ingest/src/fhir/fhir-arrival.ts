import type { PatientKeyring } from '@samenhang/patient-identity';
import type { Arrival, Refusal } from '../intake/arrival.js';
import { hashContent } from '../intake/content-hash.js';
import type { Source } from '../sources/source.js';
import { fhirOrderingKey } from './patient-of-resource.js';
import type { FhirMessage } from './read-push.js';

export function toFhirArrival(
  message: FhirMessage,
  source: Source,
  keyring: PatientKeyring,
  receivedAt: Date,
  refusal?: Refusal,
): Arrival {
  const content = Buffer.from(message.text, 'utf8');
  return {
    source,
    format: 'fhir-r4',
    content,
    contentHash: hashContent(content),
    controlId: undefined,
    orderingKey: fhirOrderingKey(message.patient, source, keyring),
    receivedAt,
    refusal,
  };
}
