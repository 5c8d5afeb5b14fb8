import { randomUUID } from 'node:crypto';
import { findUra, identifierSystems, type Ura } from '@samenhang/data-model';
import { findBsn, type Bsn } from '@samenhang/patient-identity';
import { consentCategories, consultingCategories, oids } from './vocabulary.js';

/** What became of a patient's consent for one holder. */
export interface MitzNotification {
  readonly patient: Bsn;
  readonly holder: Ura;
  readonly status: 'active' | 'inactive';
  /** Of the change; of two notifications the later holds. */
  readonly at: Date;
}

const purposeSystem = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const categorySystem = `urn:oid:${oids.dataCategory}`;

/** A transaction Bundle of Consent, Patient and Organization, after Mitz-Notify 3.8.0. */
export function writeNotification({ patient, holder, status, at }: MitzNotification): object {
  const [patientUrl, organisationUrl] = [`urn:uuid:${randomUUID()}`, `urn:uuid:${randomUUID()}`];
  const consent = {
    resourceType: 'Consent',
    status,
    scope: coded('http://terminology.hl7.org/CodeSystem/consentscope', 'patient-privacy'),
    category: consentCategories.map((code) => coded(categorySystem, code)),
    patient: { reference: patientUrl },
    dateTime: at.toISOString(),
    organization: [{ reference: organisationUrl }],
    policyRule: coded('http://terminology.hl7.org/CodeSystem/v3-ActCode', 'OPTIN'),
    provision: {
      type: 'permit',
      actor: [
        {
          role: coded('http://terminology.hl7.org/CodeSystem/v3-ParticipationType', 'CST'),
          reference: { reference: organisationUrl },
        },
      ],
      purpose: [{ system: purposeSystem, code: 'TREAT' }],
      class: Object.keys(consultingCategories).map((code) => ({ code })),
    },
  };
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    timestamp: at.toISOString(),
    entry: [
      entry(`urn:uuid:${randomUUID()}`, consent),
      entry(patientUrl, identified('Patient', identifierSystems.bsn, patient)),
      entry(organisationUrl, identified('Organization', identifierSystems.ura, holder)),
    ],
  };
}

/** Undefined for whatever does not say of one patient and one holder what became of the consent. */
export function readNotification(body: unknown): MitzNotification | undefined {
  const { resourceType, type, timestamp, entry: entries } = (body ?? {}) as Record<string, unknown>;
  if (resourceType !== 'Bundle' || type !== 'transaction' || !Array.isArray(entries)) return undefined;
  const resources = (entries as { readonly resource?: Record<string, unknown> }[]).map(
    (each) => each?.resource,
  );
  const only = (name: string): Record<string, unknown> | undefined => {
    const found = resources.filter((resource) => resource?.['resourceType'] === name);
    return found.length === 1 ? found[0] : undefined;
  };
  const consent = only('Consent');
  const status = consent?.['status'];
  const patient = findBsn(valueOf(only('Patient'), identifierSystems.bsn));
  const holder = findUra(valueOf(only('Organization'), identifierSystems.ura));
  const moment = timestamp ?? consent?.['dateTime'];
  const at = new Date(typeof moment === 'string' ? moment : Number.NaN);
  if (patient === undefined || holder === undefined || Number.isNaN(at.getTime())) return undefined;
  return status === 'active' || status === 'inactive' ? { patient, holder, status, at } : undefined;
}

function valueOf(resource: Record<string, unknown> | undefined, system: string): string {
  const identifiers = Array.isArray(resource?.['identifier']) ? (resource['identifier'] as unknown[]) : [];
  const found = identifiers
    .map((each) => (each ?? {}) as { system?: unknown; value?: unknown })
    .find((each) => each.system === system);
  return typeof found?.value === 'string' ? found.value : '';
}

const coded = (system: string, code: string): object => ({ coding: [{ system, code }] });
const identified = (resourceType: string, system: string, value: string): object => ({
  resourceType,
  identifier: [{ system, value }],
});
const entry = (fullUrl: string, resource: object): object => ({
  fullUrl,
  resource,
  request: { method: 'POST', url: (resource as { resourceType: string }).resourceType },
});
