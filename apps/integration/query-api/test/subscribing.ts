import { getUra, identifierSystems, type DataCategory } from '@samenhang/data-model';
import { insertEvents } from '@samenhang/event-log-postgres';
import { ChangeHandles, getBsn } from '@samenhang/patient-identity';
import { withClient } from '@samenhang/persistence';
import { backportUrls, patientDataTopic } from '../src/subscriptions/subscription-words.js';
import { changeHandles } from './running-query-api.js';
import { bsnA } from './stand-in-holder.js';

export const hospital = getUra('22222222');
const handles = new ChangeHandles(Buffer.from(changeHandles.secret, 'base64'));

export interface Asked {
  readonly bsn?: string;
  readonly filters?: readonly string[];
  readonly channel: Readonly<Record<string, unknown>>;
  readonly heartbeat?: number;
  readonly content?: string;
  readonly end?: string;
}

/** A Subscription as an application sends it. */
export function subscriptionTo({ bsn = bsnA, filters, channel, heartbeat, content, end }: Asked): string {
  const wanted = filters ?? [`Patient?identifier=${identifierSystems.bsn}|${bsn}`];
  return JSON.stringify({
    resourceType: 'Subscription',
    status: 'requested',
    reason: 'Care',
    criteria: patientDataTopic,
    _criteria: { extension: wanted.map((valueString) => ({ url: backportUrls.filter, valueString })) },
    ...(end === undefined ? {} : { end }),
    channel: {
      payload: 'application/fhir+json',
      ...(content === undefined
        ? {}
        : { _payload: { extension: [{ url: backportUrls.payload, valueCode: content }] } }),
      ...(heartbeat === undefined
        ? {}
        : { extension: [{ url: backportUrls.heartbeat, valueUnsignedInt: heartbeat }] }),
      ...channel,
    },
  });
}

const typeOf: Partial<Record<DataCategory, string>> = {
  MedicationUse: 'MedicationStatement',
  ObservationLaboratory: 'Observation',
  ObservationVitalSigns: 'Observation',
};

/** The record of the hospital changed, as it says so on the log. */
export async function publishChange(
  databaseUrl: string,
  facts: readonly (readonly [DataCategory, string])[],
  bsn = bsnA,
): Promise<void> {
  const patientHandle = handles.handleOf(getBsn(bsn));
  const payload = {
    patientHandle,
    custodian: hospital,
    facts: facts.map(([category, id]) => ({ category, resourceType: typeOf[category] ?? category, id })),
  };
  await withClient(databaseUrl, async (client) => {
    const query = async <Row>(sql: string, parameters?: unknown[]) =>
      (await client.query(sql, parameters)).rows as Row[];
    const event = { type: 'record.patient-changed', key: patientHandle, tenant: hospital, payload } as const;
    await insertEvents({ query }, 'record', [event]);
  });
}
