import type { Bsn } from '@samenhang/patient-identity';
import type { Member } from './minimise.js';
import type { PageRow } from './read-page.js';

/** Somebody who takes part in an export, and what they are called in it. */
export interface ExportMember extends Member {
  readonly bsn: Bsn;
  readonly patientKeys: readonly number[];
}

/**
 * Whose row it is, where it takes part. Of Patients only those that stand for their persons do: the first of each, which
 * `firsts` has by patient key.
 */
export function whoseRow(
  members: readonly ExportMember[],
  firsts?: readonly { readonly patientKey: string; readonly id: string }[],
): (row: PageRow) => ExportMember | undefined {
  const ofKeys = new Map(
    members.flatMap((member) => member.patientKeys.map((key) => [String(key), member] as const)),
  );
  const whose = ({ patientKey }: Pick<PageRow, 'patientKey'>): ExportMember | undefined =>
    patientKey === null ? undefined : ofKeys.get(patientKey);
  if (firsts === undefined) return whose;
  const standing = new Map<ExportMember, string>();
  for (const first of firsts) {
    const member = whose(first);
    if (member === undefined) continue;
    const known = standing.get(member);
    if (known === undefined || first.id < known) standing.set(member, first.id);
  }
  return (row) => {
    const member = whose(row);
    return member !== undefined && standing.get(member) === row.id ? member : undefined;
  };
}
