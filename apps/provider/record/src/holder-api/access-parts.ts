import type { AccessEntry } from '@samenhang/audit';
import { toPatientIdentifier, type Bsn } from '@samenhang/patient-identity';
import type { AccessRequest } from './access-decision.js';

/** What the entry of an access says beside who asked whom. */
export interface AccessParts {
  readonly activity: 'query' | 'read';
  readonly resourceTypes: readonly string[];
  readonly query?: string;
  readonly patient?: Bsn | undefined;
  readonly reasons?: readonly string[];
}

export function toEntry(
  { tenant, identity: who, traceparent }: AccessRequest,
  outcome: AccessEntry['outcome'],
  { activity, resourceTypes, query, patient, reasons }: AccessParts,
): AccessEntry {
  return {
    activity,
    outcome,
    who,
    ...(patient === undefined ? {} : { patient: toPatientIdentifier(patient) }),
    custodian: tenant.ura,
    detail: {
      resourceTypes,
      ...(query === undefined ? {} : { query }),
      ...(reasons === undefined ? {} : { reasons }),
    },
    observer: 'record',
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}
