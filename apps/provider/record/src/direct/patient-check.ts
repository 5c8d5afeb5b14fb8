import { identifierSystems } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { isObject, type JsonObject } from '@samenhang/fhir-server';
import { findBsn, type Bsn } from '@samenhang/patient-identity';

/** The source proves untrustworthy, or sends more than may be: nothing of what it said is used. */
export const untrusted = (text: string): Failure => new Failure('upstream', text);

const bsnSystems: ReadonlySet<unknown> = new Set([
  identifierSystems.bsn,
  'urn:oid:2.16.840.1.113883.2.4.6.3',
]);

/** A Patient must state the BSN that was asked for, and no other; its id, which goes into addresses, must not be one. */
export function assertSamePerson(patient: JsonObject, bsn: Bsn): void {
  const identifiers = Array.isArray(patient['identifier']) ? patient['identifier'].filter(isObject) : [];
  const stated = identifiers.filter(({ system, use }) => bsnSystems.has(system) && use !== 'old');
  if (stated.length === 0 || stated.some(({ value }) => value !== bsn))
    throw untrusted('The source answers about another patient');
  if (findBsn(String(patient['id'])) === bsn)
    throw untrusted('The source calls its patients by their BSN, which may not be in an address');
}

/** Where resources say whom they are about (FHIR R4 compartmentdefinition-patient). */
const subjects = ['subject', 'patient', 'beneficiary'] as const;

/** In the source's own words: the mapping leaves out elements that it does not know. */
export function assertAboutPatient(resource: JsonObject, bsn: Bsn, patientIds: readonly string[]): void {
  if (resource['resourceType'] === 'Patient') assertSamePerson(resource, bsn);
  for (const name of subjects) {
    const subject = resource[name];
    const reference = isObject(subject) ? subject['reference'] : undefined;
    const [, id] = typeof reference === 'string' ? (/(?:^|\/)Patient\/([^/]+)/.exec(reference) ?? []) : [];
    if (id !== undefined && !patientIds.includes(id))
      throw untrusted('The source answers about another patient');
  }
}
