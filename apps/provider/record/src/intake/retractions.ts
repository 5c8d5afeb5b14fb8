import type { Transaction } from '@samenhang/event-log';
import { keyOf, type ResourceChange } from '../resources/plan-writes.js';
import { stampOf, type ReadMessage } from './chunk.js';

interface StatedRow {
  tenant: string;
  type: string;
  id: string;
  patient_key: number;
  message: number;
}

/**
 * What a replay takes back: resources of its patients that this very message was the last to state, and that the mapping of
 * now makes no longer. What another message stated since is that message's, and what concerns no patient may be shared.
 */
export async function retractionsOf(
  transaction: Transaction,
  messages: readonly ReadMessage[],
  patientKeys: ReadonlyMap<string, number>,
): Promise<ResourceChange[]> {
  const replays = messages.filter(({ event }) => event.payload.isReplay === true);
  if (replays.length === 0) return [];
  const wanted = replays.flatMap(({ tenant, event, changes }, message) => {
    const patients = new Set(changes.map(({ patientId }) => patientKeys.get(`${tenant}/${patientId ?? ''}`)));
    const { sourceId: source, position } = stampOf(event);
    return [...patients].flatMap((patient) =>
      patient === undefined ? [] : [{ tenant, patient, source, position, message }],
    );
  });
  const rows = await transaction.query<StatedRow>(
    `SELECT r.tenant, r.type, r.id, r.patient_key, w.message
       FROM json_to_recordset($1) AS w(tenant text, patient bigint, source text, position bigint, message integer)
       JOIN resource r ON r.patient_key = w.patient AND r.tenant = w.tenant COLLATE "C"
        AND r.source_id = w.source COLLATE "C" AND r.source_position = w.position
      WHERE NOT r.deleted`,
    [JSON.stringify(wanted)],
  );
  const stated = replays.map(({ changes }) => new Set(changes.map(keyOf)));
  return rows.flatMap(({ tenant, type, id, patient_key: patientKey, message }) => {
    const event = replays[message]?.event;
    if (event === undefined || stated[message]?.has(keyOf({ tenant, type, id })) === true) return [];
    const stamp = stampOf(event);
    return [{ tenant, type, id, stamp, patientKey, category: null, mentioned: false, content: null }];
  });
}
