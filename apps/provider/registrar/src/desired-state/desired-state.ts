import type { DataCategory, EventEnvelope, PatientKey, Ura } from '@samenhang/data-model';

/** The registration of one category of one patient at one custodian. */
export interface RegistrationKey {
  readonly tenant: Ura;
  readonly patientKey: PatientKey;
  readonly category: DataCategory;
}

export interface DesiredState extends RegistrationKey {
  readonly bsn: string;
  readonly desired: boolean;
  readonly revision: number;
}

/** Of several changes of one registration in a chunk only the newest counts. Events of no custodian are none of ours. */
export function newestPerRegistration(
  events: readonly EventEnvelope<'availability.changed'>[],
): DesiredState[] {
  const newest = new Map<string, DesiredState>();
  for (const { tenant, payload } of events) {
    if (tenant === null) continue;
    const { patientKey, category, bsn, available: desired, revision } = payload;
    const state = { tenant, patientKey, category, bsn, desired, revision };
    const known = newest.get(nameOf(state));
    if (known === undefined || known.revision < revision) newest.set(nameOf(state), state);
  }
  return [...newest.values()];
}

/** Name of a registration within this service; holds no identifier of a patient but its keyed hash. */
export function nameOf({ tenant, patientKey, category }: RegistrationKey): string {
  return `${tenant}|${patientKey}|${category}`;
}
