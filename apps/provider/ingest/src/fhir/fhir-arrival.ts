import type { SourceFormat } from '@samenhang/data-model';
import { validateResource, type ValidationIssue } from '@samenhang/fhir-r4';
import type { PatientKeyring } from '@samenhang/patient-identity';
import type { Arrival, Refusal } from '../intake/arrival.js';
import { hashContent } from '../intake/content-hash.js';
import type { Source } from '../sources/source.js';
import { isObject } from '@samenhang/fhir-server';
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
    format: formatOf(source),
    content,
    contentHash: hashContent(content),
    controlId: undefined,
    orderingKey: fhirOrderingKey(message.patient, source, keyring),
    receivedAt,
    refusal,
  };
}

export function formatOf({ declaration }: Source): SourceFormat {
  return declaration.fhirVersion === 'stu3' ? 'fhir-stu3' : 'fhir-r4';
}

/**
 * Whether a JSON value is a resource, as far as the door has to know. STU3 is only looked at from outside: its structure
 * is the mapping's business, which quarantines what it cannot use.
 */
export function validateFor(source: Source, resource: unknown): ValidationIssue[] {
  if (source.declaration.fhirVersion !== 'stu3') return validateResource(resource);
  const type = isObject(resource) ? resource['resourceType'] : undefined;
  if (typeof type === 'string' && /^[A-Z][A-Za-z]{1,63}$/.test(type)) return [];
  return [
    {
      severity: 'error',
      code: 'structure',
      text: 'A FHIR resource is an object with a resourceType',
      expression: 'Resource',
    },
  ];
}
