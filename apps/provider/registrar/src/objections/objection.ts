import type {
  EventEnvelope,
  ObjectionChanged,
  ObjectionPosition,
  PatientKey,
  Tenant,
  Ura,
} from '@samenhang/data-model';

/** What one patient chose about one care provider of this node, or about all of its type. */
export interface Objection {
  readonly tenant: Ura;
  readonly patientKey: PatientKey;
  readonly level: 'holder' | 'type';
  readonly position: ObjectionPosition;
  readonly revision: number;
}

/**
 * The objections that concern care providers of this node, one per patient, care provider and level: the newest. Those
 * about others are none of ours, and are not kept.
 */
export function ownObjections(
  events: readonly EventEnvelope<'consent.objection-changed'>[],
  tenants: readonly Tenant[],
  keyOf: (tenant: Ura, bsn: string) => PatientKey | undefined,
): Objection[] {
  const newest = new Map<string, Objection>();
  for (const { payload } of events) {
    const level = 'ura' in payload.holder ? 'holder' : 'type';
    for (const tenant of tenants.filter((one) => isMeant(one, payload.holder))) {
      const patientKey = keyOf(tenant.ura, payload.bsn);
      if (patientKey === undefined) continue;
      const { position, revision } = payload;
      const name = `${tenant.ura}|${patientKey}|${level}`;
      const known = newest.get(name);
      if (known === undefined || known.revision < revision)
        newest.set(name, { tenant: tenant.ura, patientKey, level, position, revision });
    }
  }
  return [...newest.values()];
}

function isMeant(tenant: Tenant, holder: ObjectionChanged['holder']): boolean {
  return 'ura' in holder ? holder.ura === tenant.ura : holder.facilityType === tenant.facilityType;
}
