import { identifierSystems } from '@samenhang/data-model';
import { bsnProblems, judgeBsn } from '../datatypes/identifiers.js';
import type { Draft, Identifier, Patient, Reference } from '../fhir-types.js';
import type { MessageMapping } from '../message-mapping.js';
import { identifierKey } from '../resource-id.js';

export type PatientLink =
  | { readonly kind: 'patient'; readonly id: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'problem'; readonly code: string; readonly text: string };

const patientElements = ['subject', 'patient', 'beneficiary', 'for', 'individual'] as const;

/**
 * Whom a resource is about. A patient who is named by number only, or contained in the resource, becomes a Patient of
 * this source with what is known.
 */
export function linkPatient(
  draft: Draft,
  mapping: MessageMapping,
  location: string,
  findPatient: (identifier: Identifier) => string | undefined,
): PatientLink {
  if (draft.resourceType === 'Patient') return { kind: 'none' };
  for (const element of patientElements) {
    const reference = draft[element] as Reference | undefined;
    if (typeof reference !== 'object') continue;
    const sent =
      reference.reference === undefined && (reference.type ?? 'Patient') === 'Patient' && reference.identifier
        ? findPatient(reference.identifier)
        : undefined;
    if (sent !== undefined) {
      draft[element] = { ...reference, reference: `Patient/${sent}`, type: 'Patient' };
      return { kind: 'patient', id: sent };
    }
    return followReference(draft, element, reference, mapping, location);
  }
  const participants = (draft['participant'] as { actor?: Reference }[] | undefined) ?? [];
  const patient = participants.map(({ actor }) => patientIdOf(actor)).find((id) => id !== undefined);
  return patient === undefined ? { kind: 'none' } : { kind: 'patient', id: patient };
}

function followReference(
  draft: Draft,
  element: string,
  reference: Reference,
  mapping: MessageMapping,
  location: string,
): PatientLink {
  const id = patientIdOf(reference);
  if (id !== undefined) return { kind: 'patient', id };
  const contained = findContained(draft, reference);
  const identifiers =
    contained?.identifier ?? (reference.identifier === undefined ? [] : [reference.identifier]);
  const isOther = contained === undefined && reference.type !== undefined && reference.type !== 'Patient';
  if (isOther || (reference.reference !== undefined && contained === undefined)) {
    return {
      kind: 'problem',
      code: 'subject-not-a-patient',
      text: 'The resource is not about a patient of this source',
    };
  }
  const key = preferredIdentifier(identifiers);
  if (key?.system === undefined || key.value === undefined) {
    return {
      kind: 'problem',
      code: 'no-patient',
      text: 'The resource does not say by a number which patient it is about',
    };
  }
  const judgement = judgeBsn(identifiers);
  if (judgement.kind === 'contradictory' || judgement.kind === 'fails-eleven-test') {
    return { kind: 'problem', ...bsnProblems[judgement.kind] };
  }
  const patientId = mapping.idOf('Patient', identifierKey(key.system, key.value));
  const known: Patient =
    contained === undefined ? { resourceType: 'Patient', identifier: identifiers } : contained;
  mapping.put(
    { ...known, resourceType: 'Patient', id: patientId },
    { patientId, location: `${location}.${element}`, onlyIfAbsent: true },
  );
  if (contained !== undefined) removeContained(draft, contained);
  draft[element] = {
    ...(reference.display === undefined ? {} : { display: reference.display }),
    reference: `Patient/${patientId}`,
    type: 'Patient',
  };
  return { kind: 'patient', id: patientId };
}

function patientIdOf(reference: Reference | undefined): string | undefined {
  return reference?.reference?.startsWith('Patient/') === true ? reference.reference.slice(8) : undefined;
}

function findContained(draft: Draft, reference: Reference): Patient | undefined {
  if (reference.reference?.startsWith('#') !== true) return undefined;
  const id = reference.reference.slice(1);
  return draft.contained?.find((contained) => contained.resourceType === 'Patient' && contained.id === id);
}

function removeContained(draft: Draft, contained: Draft): void {
  const rest = (draft.contained ?? []).filter((other) => other !== contained);
  if (rest.length === 0) delete draft.contained;
  else draft.contained = rest;
}

/** A number of the source itself is preferred over the BSN: it does not change when the BSN becomes known. */
export function preferredIdentifier(identifiers: readonly Identifier[]): Identifier | undefined {
  const usable = identifiers.filter(
    ({ system, value, use }) => system !== undefined && value !== undefined && use !== 'old',
  );
  return usable.find(({ system }) => system !== identifierSystems.bsn) ?? usable[0];
}
