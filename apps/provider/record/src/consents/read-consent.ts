import type { ConsentChoice } from '@samenhang/consent';
import { identifierSystems, type Ura } from '@samenhang/data-model';
import { Failure, type FailureIssue } from '@samenhang/errors';
import { validateResource } from '@samenhang/fhir-r4';
import { findBsn, type Bsn } from '@samenhang/patient-identity';
import { readProvision, type FhirProvision } from './provision-choices.js';

/** A FHIR Consent (R4) as a holder keeps it: without the patient, who is kept sealed. */
export interface ConsentContent {
  readonly resourceType: 'Consent';
  readonly status: string;
  readonly provision: FhirProvision;
  readonly [element: string]: unknown;
}

export interface StatedConsent {
  readonly patient: Bsn;
  readonly content: ConsentContent;
}

interface StatedIdentifier {
  readonly system?: string;
  readonly value?: string;
}

interface FhirConsent extends ConsentContent {
  readonly scope?: { readonly coding?: readonly { readonly code?: string }[] };
  readonly patient?: { readonly identifier?: StatedIdentifier };
  readonly organization?: readonly { readonly identifier?: StatedIdentifier }[];
}

const PRIVACY = 'patient-privacy';

/**
 * A consent that can be applied as it is written. What would narrow or widen it in a way that is not applied here is refused
 * rather than kept and overlooked.
 * @throws Failure('invalid') that names the elements at fault, never their values
 */
export function readConsent(body: unknown, tenant: Ura): StatedConsent {
  const consent = (typeof body === 'object' && body !== null ? body : {}) as FhirConsent;
  if (consent.resourceType !== 'Consent') throw new Failure('malformed', 'A FHIR Consent is required');
  const issues: FailureIssue[] = validateResource(body);
  const patient = findPatient(consent);
  if (patient === undefined)
    issues.push(at('Consent.patient', 'An identifier with a BSN that passes the eleven-test is required'));
  if (consent.scope?.coding?.some(({ code }) => code === PRIVACY) !== true)
    issues.push(at('Consent.scope', `Must be ${PRIVACY}`));
  if (!isOfTenant(consent, tenant))
    issues.push(at('Consent.organization', 'Must be the care provider in the path, and no other'));
  if (consent.provision === undefined) issues.push(at('Consent.provision', 'Is required'));
  else if (issues.length === 0) issues.push(...readProvision(consent.provision, tenant).issues);
  if (issues.length > 0 || patient === undefined)
    throw new Failure('invalid', 'The consent cannot be applied', { issues });
  const { patient: _patient, id: _id, meta: _meta, text: _text, ...content } = consent;
  return { patient, content };
}

/** What is in force of it, as choices. Only an active consent says anything. */
export function choicesOf({ status, provision }: ConsentContent, tenant: Ura): readonly ConsentChoice[] {
  return status === 'active' ? readProvision(provision, tenant).choices : [];
}

function findPatient({ patient }: FhirConsent): Bsn | undefined {
  const { system, value } = patient?.identifier ?? {};
  return system === identifierSystems.bsn && value?.length === 9 ? findBsn(value) : undefined;
}

function isOfTenant({ organization = [] }: FhirConsent, tenant: Ura): boolean {
  return (
    organization.length > 0 &&
    organization.every(
      ({ identifier }) => identifier?.system === identifierSystems.ura && identifier.value === tenant,
    )
  );
}

function at(expression: string, text: string): FailureIssue {
  return { text, expression };
}
