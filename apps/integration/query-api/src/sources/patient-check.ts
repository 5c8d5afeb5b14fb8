import { identifierSystems, type FhirResource } from '@samenhang/data-model';
import type { Bsn } from '@samenhang/patient-identity';
import { isRecord, recordsOf } from './json-shape.js';
import { SourceFailure } from './source-report.js';

/** Where resources say whom they are about (FHIR R4 compartmentdefinition-patient). */
const subjectElements = ['subject', 'patient', 'beneficiary'] as const;

/** @throws SourceFailure when the resource is not the person that was asked for */
export function assertSamePerson(patient: FhirResource, bsn: Bsn): void {
  const stated = recordsOf(patient['identifier']).filter(({ system }) => system === identifierSystems.bsn);
  if (
    patient.resourceType !== 'Patient' ||
    stated.length === 0 ||
    stated.some(({ value }) => value !== bsn)
  ) {
    throw new SourceFailure('invalid', 'The source answers about another patient');
  }
}

/**
 * A fact must be about one of the Patient resources of this source that carry the BSN; supporting resources
 * (Medication, Practitioner …) may be about nobody, but never about somebody else.
 * @throws SourceFailure
 */
export function assertAboutPatient(
  resource: FhirResource,
  isFact: boolean,
  subject: { base: string; patientIds: ReadonlySet<string>; bsn: Bsn },
): void {
  if (resource.resourceType === 'Patient') return assertSamePerson(resource, subject.bsn);
  const references = [
    ...subjectElements.map((name) => resource[name]).filter(isRecord),
    ...patientsTakingPart(resource),
  ];
  const right = references.every((reference) => pointsTo(reference, subject));
  if (!right || (isFact && references.length === 0)) {
    throw new SourceFailure('invalid', 'The source delivers data of another patient');
  }
}

/** An Appointment names its patient among those who take part. */
function patientsTakingPart(resource: FhirResource): Record<string, unknown>[] {
  if (resource.resourceType !== 'Appointment') return [];
  return recordsOf(resource['participant'])
    .map(({ actor }) => actor)
    .filter(isRecord)
    .filter(({ reference, type }) => type === 'Patient' || /(?:^|\/)Patient\//.test(String(reference)));
}

function pointsTo(
  reference: Record<string, unknown>,
  { base, patientIds, bsn }: { base: string; patientIds: ReadonlySet<string>; bsn: Bsn },
): boolean {
  const { identifier } = reference;
  const target = reference['reference'];
  const namesBsn = isRecord(identifier) && identifier['system'] === identifierSystems.bsn;
  if (namesBsn && identifier['value'] !== bsn) return false;
  if (target === undefined) return namesBsn;
  if (typeof target !== 'string') return false;
  const relative = target.startsWith(`${base}/`) ? target.slice(base.length + 1) : target;
  const [, id] = /^Patient\/([^/]+)(?:\/_history\/[^/]+)?$/.exec(relative) ?? [];
  return id !== undefined && patientIds.has(id);
}
