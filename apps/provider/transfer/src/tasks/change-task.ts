import { isDeepStrictEqual } from 'node:util';
import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import { planDelivery } from '../deliveries/delivery-table.js';
import { findTaskStatus, isOver, nextStatuses, type Party, type TaskStatus } from './task-status.js';
import { replaceTask, type StoredTask } from './task-table.js';
import type { Concept, Task } from './task.js';

export interface Step {
  readonly status: TaskStatus;
  readonly statusReason?: Concept;
  readonly businessStatus?: Concept;
}

/** The Task one step further. @throws Failure('invalid') when there is no such step for that party */
export function takeStep(task: StoredTask, step: Step, by: Party, now: Date): StoredTask {
  const isSameStatus = step.status === task.status;
  if (!isSameStatus && !nextStatuses(task.status, by).includes(step.status)) {
    throw new Failure('invalid', 'This step is not possible', {
      issues: [
        {
          code: 'business-rule',
          text: `From ${task.status} the ${by} may go to: ${nextStatuses(task.status, by).join(', ') || 'nothing'}`,
          expression: 'Task.status',
        },
      ],
    });
  }
  const version = task.version + 1;
  return {
    ...task,
    status: step.status,
    version,
    lastUpdated: now,
    body: {
      ...task.body,
      status: step.status,
      ...(step.statusReason === undefined ? {} : { statusReason: step.statusReason }),
      ...(step.businessStatus === undefined ? {} : { businessStatus: step.businessStatus }),
      lastModified: now.toISOString(),
    },
  };
}

/** Stores a step, and what the other party is to be told of it, in one transaction. */
export async function storeStep(
  transaction: Transaction,
  tenant: Ura,
  task: StoredTask,
  author: Ura,
): Promise<void> {
  await replaceTask(transaction, tenant, task, author);
  // Who made the change knows it; the sender's own system reads of the changes of receivers.
  if (author === task.owner) return;
  if (task.kind === 'nursing-handover' || task.status === 'cancelled' || task.status === 'failed')
    await planDelivery(transaction, tenant, {
      task: task.id,
      version: task.version,
      recipient: task.owner,
      kind: task.kind === 'nursing-handover' ? 'task-changed' : 'pull-cancelled',
    });
}

/**
 * What a receiver may change in a PUT: the status and why.
 * @param served the Task as the receiver read it
 * @throws Failure('malformed' | 'invalid')
 */
export function readReceiversUpdate(served: Task, sent: unknown): Step {
  const task = (typeof sent === 'object' && sent !== null ? sent : {}) as Task;
  if (task.resourceType !== 'Task') throw new Failure('malformed', 'A Task is expected');
  const changed = [...new Set([...Object.keys(served), ...Object.keys(task)])].filter(
    (element) =>
      !receiversElements.has(element) &&
      !isDeepStrictEqual(served[element as keyof Task], task[element as keyof Task]),
  );
  if (changed.length > 0) {
    throw new Failure('invalid', 'A receiver changes the status of a Task, nothing else', {
      issues: changed.map((element) => ({
        code: 'business-rule',
        text: 'This is for the sender to change',
        expression: `Task.${element.replaceAll(/[^A-Za-z]/g, '').slice(0, 40)}`,
      })),
    });
  }
  const status = findTaskStatus(task.status);
  if (status === undefined)
    throw new Failure('invalid', 'This status is none of a transfer', {
      issues: [
        { code: 'code-invalid', text: 'This status is none of a transfer', expression: 'Task.status' },
      ],
    });
  return { status, ...(task.statusReason === undefined ? {} : { statusReason: task.statusReason }) };
}

const receiversElements = new Set(['status', 'statusReason', 'meta', 'lastModified']);

/** Selecting one candidate of a transfer: that one is marked, and all others that are not over are cancelled. */
export function selectCandidate(
  tasks: readonly StoredTask[],
  selected: string,
  now: Date,
): readonly StoredTask[] {
  const chosen = tasks.find(({ id }) => id === selected);
  if (chosen === undefined) throw new Failure('not-found', 'There is no such candidate');
  if (isOver(chosen.status) || chosen.status === 'in-progress')
    throw new Failure('invalid', 'This candidate cannot be selected any more');
  const others = tasks.filter((task) => task.id !== selected && !isOver(task.status));
  return [
    takeStep(chosen, { status: chosen.status, businessStatus: { text: 'selected' } }, 'sender', now),
    ...others.map((task) =>
      takeStep(
        task,
        { status: 'cancelled', statusReason: { text: 'Another candidate was selected' } },
        'sender',
        now,
      ),
    ),
  ];
}
