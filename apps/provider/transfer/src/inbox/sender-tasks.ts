import { Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { findTimeInterval } from '@samenhang/fhir-r4';
import { DataSource } from 'typeorm';
import { PeerClient } from '../peers/peer-client.js';
import { inTenant } from '../storage/tenant-fence.js';
import { findTaskStatus, isOver, nextStatuses, type TaskStatus } from '../tasks/task-status.js';
import { inputsOf, textOfInput, uraOf, type Task } from '../tasks/task.js';
import { storeTask, type InboxItem } from './inbox-table.js';
import { ItemSecrets } from './item-secrets.js';
import { patientOf, withoutSecrets } from './notification.js';

/** A Task as it was read at its sender. */
interface ReadTask {
  readonly task: Task;
  readonly etag: string;
}

/** The workflow Tasks of an inbox, which live at their senders: read, and moved on with If-Match. */
@Injectable()
export class SenderTasks {
  constructor(
    private readonly dataSource: DataSource,
    private readonly peers: PeerClient,
    private readonly secrets: ItemSecrets,
  ) {}

  /** The Task as it is now, which is then what is kept of it. */
  async refresh(item: InboxItem): Promise<InboxItem> {
    const { task } = await this.#read(item);
    return this.#keep(item, task);
  }

  /**
   * One step, on what the receiver has seen.
   * @throws Failure('precondition-failed') when the Task is another by now: the new one is kept, to be looked at first
   */
  async step(item: InboxItem, status: TaskStatus, reason?: string): Promise<InboxItem> {
    const { task, etag } = await this.#read(item);
    const seen = item.task?.meta?.versionId;
    if (seen !== undefined && seen !== task.meta?.versionId) {
      await this.#keep(item, task);
      throw new Failure('precondition-failed', 'The Task has changed at the sender: look at it again');
    }
    return this.#write(item, { task, etag }, status, reason);
  }

  /** As far as a status, by all steps on the way: what follows from pulling needs nobody's judgement. */
  async advance(item: InboxItem, target: 'in-progress' | 'completed'): Promise<InboxItem> {
    let kept = item;
    for (const status of ['accepted', 'in-progress', 'completed'] as const) {
      const { task, etag } = await this.#read(kept);
      kept = await this.#keep(kept, task);
      const at = findTaskStatus(task.status);
      if (at === undefined || isOver(at)) return kept;
      if (nextStatuses(at, 'receiver').includes(status))
        kept = await this.#write(kept, { task, etag }, status);
      if (status === target) return kept;
    }
    return kept;
  }

  async #read(item: InboxItem): Promise<ReadTask> {
    const { tenant, sender, taskReference } = item;
    if (taskReference === null) throw new Failure('invalid', 'The notification names no Task at the sender');
    const base = await this.peers.baseOf(sender, 'sender');
    const { text, etag } = await this.peers.ask(tenant, base, { method: 'GET', path: taskReference });
    const task = parseTask(text);
    if (`Task/${task.id ?? ''}` !== taskReference || uraOf(task.owner) !== tenant)
      throw new Failure('invalid', 'The sender answers with another Task');
    const { bsn: known } = this.secrets.open(item);
    const bsn = patientOf(task);
    // Whom a notification was about is whom its Task is about: data of another would go into the wrong file.
    if (bsn === undefined || (known !== undefined && known !== bsn))
      throw new Failure('invalid', 'The Task at the sender is about another patient');
    return { task, etag: etag ?? `W/"${task.meta?.versionId ?? ''}"` };
  }

  async #write(
    item: InboxItem,
    { task, etag }: ReadTask,
    status: TaskStatus,
    reason?: string,
  ): Promise<InboxItem> {
    const base = await this.peers.baseOf(item.sender, 'sender');
    const changed = { ...task, status, ...(reason === undefined ? {} : { statusReason: { text: reason } }) };
    const { text } = await this.peers.ask(item.tenant, base, {
      method: 'PUT',
      path: `Task/${task.id ?? ''}`,
      body: JSON.stringify(changed),
      ifMatch: etag,
    });
    return this.#keep(item, parseTask(text));
  }

  async #keep(item: InboxItem, task: Task): Promise<InboxItem> {
    const known = this.secrets.open(item);
    const bsn = patientOf(task) ?? known.bsn;
    const [base] = inputsOf(task, 'authorization-base').map(textOfInput);
    const authorizationBase = base ?? known.authorizationBase;
    const sealed = this.secrets.seal(item.tenant, item.id, {
      ...(bsn === undefined ? {} : { bsn }),
      ...(authorizationBase === undefined ? {} : { authorizationBase }),
    });
    const end = task.restriction?.period?.end;
    const until = end === undefined ? undefined : findTimeInterval(end);
    const kept = withoutSecrets(task);
    await inTenant(this.dataSource, item.tenant, (transaction) =>
      storeTask(transaction, item, kept, sealed, until === undefined ? undefined : new Date(until.until)),
    );
    return { ...item, task: kept, status: task.status ?? item.status, sealed };
  }
}

function parseTask(text: string): Task {
  try {
    const task = JSON.parse(text) as Task;
    if (task.resourceType === 'Task') return task;
  } catch {
    // Told below: what it is instead is not quoted.
  }
  throw new Failure('upstream', 'The sender answers with something that is no Task');
}
