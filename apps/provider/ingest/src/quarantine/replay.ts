import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { MessageId, SourceFormat, Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { PatientKeyring } from '@samenhang/patient-identity';
import { inTransaction } from '@samenhang/persistence';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { fhirOrderingKey } from '../fhir/patient-of-resource.js';
import { readResource } from '../fhir/read-push.js';
import { readHl7 } from '../hl7v2/read-hl7.js';
import { settingsOf, type Source } from '../sources/source.js';
import { SourceRegistry } from '../sources/source-registry.js';

interface OriginalMessage {
  readonly id: MessageId;
  readonly source: Source['id'];
  readonly position: number;
  readonly receivedAt: Date;
  readonly format: SourceFormat;
  readonly controlId: string | null;
  readonly orderingKey: string;
  readonly accepted: boolean;
  readonly content: Buffer;
  readonly replayedAt: Date | null;
}

/** Sends a quarantined message on its way again, after what was wrong has been put right. */
@Injectable()
export class Replay {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    private readonly registry: SourceRegistry,
    private readonly keyring: PatientKeyring,
  ) {}

  /**
   * Publishes the original's bytes as a new message, linked to the entry. It keeps the position and the time of the
   * original: what arrived since is newer and must stay so.
   * @param record is committed with the replay
   * @throws Failure when the entry is unknown, was replayed before, or the message still cannot be read
   */
  async replay(
    tenant: Ura,
    entryId: string,
    record: (transaction: Transaction) => Promise<void>,
  ): Promise<MessageId> {
    return inTransaction(this.dataSource, async (transaction) => {
      const original = await lockOriginal(transaction, tenant, entryId);
      if (original === undefined) throw new Failure('not-found', 'There is no such quarantine entry');
      if (original.replayedAt !== null) throw new Failure('conflict', 'This message was replayed before');
      const source = this.registry.find(tenant, original.source);
      if (source === undefined)
        throw new Failure('conflict', 'The source of this message is no longer declared');
      const orderingKey = original.accepted ? original.orderingKey : this.#readAgain(original, source);
      const id = randomUUID() as MessageId;
      await record(transaction);
      await insertReplay(transaction, id, entryId, original.id, orderingKey);
      await this.eventLog.publish(transaction, [
        {
          type: 'source-message.received',
          key: orderingKey,
          tenant,
          payload: {
            messageId: id,
            sourceId: original.source,
            format: original.format,
            receivedAt: original.receivedAt.toISOString(),
            sourcePosition: original.position,
            content: original.content.toString('base64'),
            settings: settingsOf(source),
            replayOf: entryId,
          },
        },
      ]);
      return id;
    });
  }

  /** A message refused at the door was never read to the end: that must succeed now. */
  #readAgain(original: OriginalMessage, source: Source): string {
    if (original.format === 'fhir-r4') {
      const text = original.content.toString('utf8');
      const [message] = readResource(JSON.parse(text), text);
      return fhirOrderingKey(message?.patient, source, this.keyring);
    }
    const { arrival } = readHl7(original.content, source, this.keyring, original.receivedAt);
    if (arrival.refusal !== undefined) {
      const { code, text, location } = arrival.refusal;
      throw new Failure('invalid', 'The message still cannot be read', {
        issues: [{ code: `hl7-${code}`, text, expression: location }],
      });
    }
    return arrival.orderingKey;
  }
}

async function lockOriginal(
  transaction: Transaction,
  tenant: Ura,
  entryId: string,
): Promise<OriginalMessage | undefined> {
  const rows = await transaction.query<OriginalMessage & Record<string, unknown>>(
    `SELECT m.id, m.source, m.position, m.received_at AS "receivedAt", m.format, m.control_id AS "controlId",
            m.ordering_key AS "orderingKey", m.accepted, m.content, q.replayed_at AS "replayedAt"
       FROM quarantine q JOIN message m ON m.id = q.message_id
      WHERE q.id = $1 AND q.tenant = $2 FOR UPDATE OF q`,
    [entryId, tenant],
  );
  return rows[0];
}

async function insertReplay(
  transaction: Transaction,
  id: MessageId,
  entryId: string,
  originalId: MessageId,
  orderingKey: string,
): Promise<void> {
  await transaction.query(
    `INSERT INTO message (id, tenant, source, position, received_at, format, control_id, ordering_key, content,
                          content_sha256, accepted, state, replay_of)
     SELECT $1, tenant, source, position, received_at, format, control_id, $4, content, content_sha256, true, 'received', $2
       FROM message WHERE id = $3`,
    [id, entryId, originalId, orderingKey],
  );
  await transaction.query('UPDATE quarantine SET replayed_at = now(), replay_message_id = $2 WHERE id = $1', [
    entryId,
    id,
  ]);
  await transaction.query(`UPDATE message SET state = 'replayed' WHERE id = $1`, [originalId]);
}
