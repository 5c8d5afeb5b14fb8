import { randomUUID } from 'node:crypto';
import {
  getUra,
  identifierSystems,
  type FhirResource,
  type MessageId,
  type NewEvent,
  type PatientMerge,
  type RecordChange,
  type SourceId,
} from '@samenhang/data-model';
import type { EventOutbox } from '@samenhang/event-log';
import { createDataSource } from '@samenhang/persistence';
import { ChangeHandles, PatientKeyring } from '@samenhang/patient-identity';
import { createTestDatabase } from '@samenhang/testing';
import type { NormalisedEvent } from '../src/intake/check-message.js';
import { CitizenNumberVault } from '../src/patients/citizen-number-vault.js';
import { AddDemographics1795400000002 } from '../src/storage/add-demographics.migration.js';
import { AddMentions1795305601000 } from '../src/storage/add-mentions.migration.js';
import { AddSearchDetails1796400000000 } from '../src/storage/add-search-details.migration.js';
import { CreateRecord1795305600000 } from '../src/storage/create-record.migration.js';

export const hospital = getUra('22222222');
export const pharmacy = getUra('44444444');
export const secret = Buffer.alloc(32, 7);
export const keyring = new PatientKeyring(secret);
export const vault = new CitizenNumberVault(secret);
export const handles = ChangeHandles.ofKeyring(secret);

export interface MessageParts {
  readonly position: number;
  readonly changes?: readonly RecordChange[];
  readonly merges?: readonly PatientMerge[];
  readonly tenant?: ReturnType<typeof getUra>;
  readonly source?: string;
  /** Set for a replay: of the mapping that made it. */
  readonly replayedBy?: string;
  readonly accepting?: readonly string[];
}

export function message({
  position,
  changes = [],
  merges = [],
  tenant = hospital,
  source = 'his',
  replayedBy,
  accepting,
}: MessageParts): NormalisedEvent {
  const receivedAt = new Date(Date.UTC(2026, 10, 22, 10, 0, position)).toISOString();
  return {
    id: randomUUID(),
    type: 'record.normalised',
    version: 2,
    key: `${tenant}-${position}`,
    tenant,
    occurredAt: receivedAt,
    payload: {
      messageId: randomUUID() as MessageId,
      sourceId: source as SourceId,
      sourcePosition: position,
      receivedAt,
      mappingVersion: replayedBy ?? '1.0.0',
      changes,
      merges,
      issues: [],
      ...(replayedBy === undefined ? {} : { isReplay: true }),
      ...(accepting === undefined ? {} : { accepting }),
    },
  };
}

export const put = (resource: FhirResource, patientId: string | null): RecordChange => ({
  action: 'put',
  patientId,
  resourceType: resource.resourceType,
  id: resource.id,
  body: JSON.stringify(resource),
});
/** A message that names something without describing it. */
export const mention = (change: RecordChange): RecordChange =>
  change.action === 'put' ? { ...change, onlyIfAbsent: true } : change;
export const remove = (resourceType: string, id: string, patientId: string | null): RecordChange => ({
  action: 'delete',
  patientId,
  resourceType,
  id,
});

export function patient(id: string, bsn: string | null, family = 'Jansen', birthDate?: string): RecordChange {
  const local = { system: 'urn:oid:2.16.840.1.113883.2.4.99.1', value: id };
  const identifier = bsn === null ? [local] : [{ system: identifierSystems.bsn, value: bsn }, local];
  return put({ resourceType: 'Patient', id, identifier, name: [{ family }], birthDate }, id);
}

export function allergy(id: string, patientId: string, text = 'Penicilline'): RecordChange {
  const status = {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
  };
  return put(
    {
      resourceType: 'AllergyIntolerance',
      id,
      clinicalStatus: status,
      patient: { reference: `Patient/${patientId}` },
      code: { text, coding: [{ system: 'http://snomed.info/sct', code: '91936005' }] },
      recordedDate: '2026-03-01',
    },
    patientId,
  );
}

export function laboratory(
  id: string,
  patientId: string,
  value: number,
  date = '2026-11-20T08:00:00+01:00',
): RecordChange {
  return put(
    {
      resourceType: 'Observation',
      id,
      meta: { source: `urn:oid:2.16.528.1.1007.3.3.22222222#${randomUUID()}` },
      status: 'final',
      category: [
        {
          coding: [
            { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' },
          ],
        },
      ],
      code: { coding: [{ system: 'http://loinc.org', code: '2823-3' }] },
      subject: { reference: `Patient/${patientId}` },
      performer: [{ reference: 'Organization/lab' }],
      effectiveDateTime: date,
      valueQuantity: { value, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
    },
    patientId,
  );
}

/** An outbox that remembers, for tests that are not about the log. */
export class RememberedEvents implements EventOutbox {
  readonly events: NewEvent[] = [];
  publications = 0;

  async publish(_transaction: unknown, events: readonly NewEvent[]): Promise<void> {
    this.publications += 1;
    this.events.push(...events);
  }

  /** The last thing said per patient key and category. */
  availability(): Record<string, boolean> {
    const said: Record<string, boolean> = {};
    for (const { type, tenant, payload } of this.events) {
      if (type !== 'availability.changed') continue;
      const { bsn, category, available } = payload as { bsn: string; category: string; available: boolean };
      said[`${tenant} ${bsn} ${category}`] = available;
    }
    return said;
  }
}

export async function openRecord() {
  const database = await createTestDatabase();
  const dataSource = await createDataSource({
    url: database.url,
    schema: 'record',
    migrations: [
      CreateRecord1795305600000,
      AddMentions1795305601000,
      AddDemographics1795400000002,
      AddSearchDetails1796400000000,
    ],
  });
  return {
    dataSource,
    url: database.url,
    async close() {
      await dataSource.destroy();
      await database.drop();
    },
  };
}
