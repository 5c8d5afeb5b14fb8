/** A person as a tenant knows one: one or more Patients that sources spoke of, one of which stands for all. */
export interface Person {
  readonly patientKeys: readonly number[];
  /** Id of the Patient resource that is served; undefined when no source delivered one. */
  readonly patientId: string | undefined;
  /** Ids of the others: references to them are served as references to `patientId`. */
  readonly otherIds: readonly string[];
  readonly bsnKey: string | null;
  /** An id by which a search can name the person again. */
  readonly address: string;
}

export interface PersonRow {
  readonly id: number;
  readonly patient_id: string;
  readonly root: number;
  readonly own_bsn_key: string | null;
  readonly bsn_key: string | null;
  /** Whether there is a Patient resource, not deleted. */
  readonly is_live: boolean;
}

/**
 * Which Patient stands for the person: one that states the BSN that holds for the person, rather a survivor than a
 * replaced one; among equals the one whose id sorts first, so that it does not depend on who came first.
 */
export function toPerson(rows: readonly PersonRow[]): Person | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const rank = (row: PersonRow): number =>
    (row.own_bsn_key === first.bsn_key ? 2 : 0) + (row.root === row.id ? 1 : 0);
  const live = rows.filter((row) => row.is_live);
  const [head] = live.toSorted((a, b) => rank(b) - rank(a) || (a.patient_id < b.patient_id ? -1 : 1));
  return {
    patientKeys: rows.map((row) => row.id),
    patientId: head?.patient_id,
    otherIds: head === undefined ? [] : rows.filter((row) => row !== head).map((row) => row.patient_id),
    bsnKey: first.bsn_key,
    address: (head ?? first).patient_id,
  };
}

export function isSamePerson(one: Person, other: Person): boolean {
  const isSameList = <T>(left: readonly T[], right: readonly T[]): boolean =>
    left.length === right.length && left.every((value) => right.includes(value));
  return (
    one.bsnKey === other.bsnKey &&
    one.patientId === other.patientId &&
    isSameList(one.patientKeys, other.patientKeys) &&
    isSameList(one.otherIds, other.otherIds)
  );
}

/** Serves a fact of a person as being about the Patient that stands for the person. Stored text has no spaces to reckon with. */
export function redirectReferences(body: string, person: Person): string {
  let text = body;
  for (const id of person.otherIds) {
    text = text.replaceAll(`"reference":"Patient/${id}"`, `"reference":"Patient/${person.patientId}"`);
  }
  return text;
}
