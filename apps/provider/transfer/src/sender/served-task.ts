import type { Ura } from '@samenhang/data-model';
import type { TransferSeal } from '../storage/transfer-seal.js';
import type { StoredTask } from '../tasks/task-table.js';
import { parameterInput, withPatient, type Task } from '../tasks/task.js';

/**
 * A Task as its receiver reads it: with whom it is about, and for a handover, of which the notification is an empty
 * message, with the authorization base.
 */
export function servedTask(tenant: Ura, stored: StoredTask, seal: TransferSeal): Task {
  const { id, kind, version, lastUpdated, body } = stored;
  const base = parameterInput('authorization-base', { valueString: seal.authorizationBase(tenant, id) });
  const task = {
    ...body,
    meta: { ...body.meta, versionId: String(version), lastUpdated: lastUpdated.toISOString() },
    ...(kind === 'nursing-handover' ? { input: [...(body.input ?? []), base] } : {}),
  };
  return withPatient(task, seal.openBsn(stored.sealedBsn, `${tenant}/task/${id}`));
}
