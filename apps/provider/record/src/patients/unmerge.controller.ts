import { randomUUID } from 'node:crypto';
import { Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import { eventVersions, type MessageId, type SourceId, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { ChangeHandles, PatientKeyring } from '@samenhang/patient-identity';
import { inTransaction } from '@samenhang/persistence';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { applyChunk } from '../intake/apply-chunk.js';
import type { NormalisedEvent } from '../intake/check-message.js';
import { enterTenantsToWrite } from '../storage/tenant-fence.js';
import { CitizenNumberVault } from './citizen-number-vault.js';

interface MergedRow {
  replaced_by: string | null;
  replaced_at_position: number | null;
}

/**
 * Undoes a merge by hand, where the source cannot say so itself (ADT A37). It counts as said right after the merge it undoes:
 * a later merge by the source holds again, the same one sent or replayed once more does not.
 */
@Controller('patients/:id/unmerge')
export class UnmergeController {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    private readonly keyring: PatientKeyring,
    private readonly vault: CitizenNumberVault,
    private readonly handles: ChangeHandles,
  ) {}

  @Post()
  @HttpCode(200)
  @RequireScopes('record:admin')
  async unmerge(
    @Param('id') id: string,
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ unmerged: string; from: string }> {
    const tenant = identity.organisation?.ura;
    if (tenant === undefined) throw new Failure('forbidden', 'The access token is of no care provider');
    const { keyring, vault, handles, eventLog: outbox } = this;
    return inTransaction(this.dataSource, async (transaction) => {
      await enterTenantsToWrite(transaction, [tenant]);
      const merged = await findMerged(transaction, tenant, id);
      await applyChunk(transaction, [undoing(tenant, id, merged)], { keyring, vault, handles, outbox });
      await recordAccess(this.eventLog, transaction, {
        activity: 'administer',
        outcome: 'success',
        who: identity,
        custodian: tenant,
        detail: { query: `POST patients/${id}/unmerge` },
        observer: 'record',
      });
      return { unmerged: id, from: merged.survivor };
    });
  }
}

/** @throws Failure when the Patient is not known, or merged into no other */
async function findMerged(
  transaction: Transaction,
  tenant: Ura,
  id: string,
): Promise<{ survivor: string; position: number }> {
  const [row] = await transaction.query<MergedRow>(
    'SELECT replaced_by, replaced_at_position FROM patient WHERE tenant = $1 AND patient_id = $2',
    [tenant, id],
  );
  if (row === undefined) throw new Failure('not-found', 'This Patient is not known');
  if (row.replaced_by === null || row.replaced_at_position === null)
    throw new Failure('conflict', 'This Patient is merged into no other');
  return { survivor: row.replaced_by, position: row.replaced_at_position };
}

function undoing(
  tenant: Ura,
  replaced: string,
  { survivor, position }: { survivor: string; position: number },
): NormalisedEvent {
  const receivedAt = new Date().toISOString();
  return {
    id: randomUUID(),
    type: 'record.normalised',
    version: eventVersions['record.normalised'],
    key: 'unmerge',
    tenant,
    occurredAt: receivedAt,
    payload: {
      messageId: randomUUID() as MessageId,
      sourceId: 'administration' as SourceId,
      sourcePosition: position,
      receivedAt,
      mappingVersion: 'none',
      changes: [],
      merges: [{ replaced, survivor, undone: true }],
      issues: [],
    },
  };
}
