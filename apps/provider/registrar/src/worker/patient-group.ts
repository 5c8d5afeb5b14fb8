import type { Ura } from '@samenhang/data-model';
import type { PendingPatient } from './pending-store.js';

/** Patients of one care provider whose changes go in one request: a request is made on behalf of one. */
export interface PatientGroup {
  readonly tenant: Ura;
  readonly patients: readonly PendingPatient[];
}

/**
 * In waves, of which each waits for the one before: what contains withdrawals, the rest, and what was evaluated before.
 * So of a patient who got another BSN the wrong registration never outlives the right one's coming; within one request
 * both happen at once.
 */
export function wavesOfRequests(
  patients: readonly PendingPatient[],
  evaluated: readonly PendingPatient[],
  size: number,
): PatientGroup[][] {
  const sorted = patients.toSorted((one, other) => Number(withdraws(other)) - Number(withdraws(one)));
  const groups = groupForRequests(sorted, size);
  const first = groups.filter((group) => group.patients.some(withdraws));
  const rest = groups.filter((group) => !first.includes(group));
  return [first, rest, groupForRequests(evaluated, size)];
}

const withdraws = ({ changes }: PendingPatient): boolean => changes.some(({ desired }) => !desired);

function groupForRequests(patients: readonly PendingPatient[], size: number): PatientGroup[] {
  const byTenant = Map.groupBy(patients, ({ tenant }) => tenant);
  return [...byTenant].flatMap(([tenant, own]) => {
    const groups: PatientGroup[] = [];
    for (let start = 0; start < own.length; start += size) {
      groups.push({ tenant, patients: own.slice(start, start + size) });
    }
    return groups;
  });
}

/**
 * The same work in two requests, withdrawals of a patient first; in one when there is a single change. For a group that
 * is refused as a whole because of one of its changes.
 */
export function halvesOf({ tenant, patients }: PatientGroup): PatientGroup[] {
  const [first] = patients;
  if (first === undefined) return [];
  const parts =
    patients.length > 1
      ? inHalves(patients)
      : inHalves(first.changes.toSorted((one, other) => Number(one.desired) - Number(other.desired))).map(
          (changes) => [{ ...first, changes }],
        );
  return parts.map((part) => ({ tenant, patients: part }));
}

function inHalves<T>(items: readonly T[]): (readonly T[])[] {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)].filter((half) => half.length > 0);
}
