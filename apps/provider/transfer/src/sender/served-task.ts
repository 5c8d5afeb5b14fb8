import type { Ura } from '@samenhang/data-model';
import type { TransferSeal } from '../storage/transfer-seal.js';
import type { StoredTask } from '../tasks/task-table.js';
import { parameterInput, withPatient, type Task } from '../tasks/task.js';

/**
 * A Task as its receiver reads it: with whom it is about, and with the authorization base, which the empty notification
 * of a handover does not carry.
 */
export function servedTask(tenant: Ura, stored: StoredTask, seal: TransferSeal): Task {
  const { id, version, lastUpdated, body } = stored;
  const base = parameterInput('authorization-base', { valueString: seal.authorizationBase(tenant, id) });
  const task = {
    ...body,
    meta: { ...body.meta, versionId: String(version), lastUpdated: lastUpdated.toISOString() },
    input: [...(body.input ?? []), base],
  };
  return withPatient(task, seal.openBsn(stored.sealedBsn, `${tenant}/task/${id}`));
}
