import type { Ura } from '@samenhang/data-model';
import type { PendingPatient } from './pending-store.js';

/** Patients of one care provider whose changes go in one request: a request is made on behalf of one. */
export interface PatientGroup {
  readonly tenant: Ura;
  readonly patients: readonly PendingPatient[];
}

export function groupForRequests(patients: readonly PendingPatient[], size: number): PatientGroup[] {
  const byTenant = Map.groupBy(patients, ({ tenant }) => tenant);
  return [...byTenant].flatMap(([tenant, own]) => {
    const groups: PatientGroup[] = [];
    for (let start = 0; start < own.length; start += size) {
      groups.push({ tenant, patients: own.slice(start, start + size) });
    }
    return groups;
  });
}
