/** The statuses of a FHIR R4 Task that a transfer uses (http://hl7.org/fhir/R4/valueset-task-status.html). */
export const taskStatuses = [
  'requested',
  'received',
  'accepted',
  'rejected',
  'on-hold',
  'in-progress',
  'completed',
  'cancelled',
  'failed',
] as const;
export type TaskStatus = (typeof taskStatuses)[number];

/** Who takes a step: who placed the Task, or whom it was placed for. */
export type Party = 'sender' | 'receiver';

/**
 * The steps of eOverdracht 4.0, and of a referral by notified pull. A receiver that must wait for a place puts the Task on
 * hold before it accepts. Once a handover is in progress it is not cancelled any more: the patient may be on the way, and
 * the two have to speak to each other.
 */
const steps: Readonly<Record<TaskStatus, Readonly<Record<Party, readonly TaskStatus[]>>>> = {
  requested: { sender: ['cancelled', 'failed'], receiver: ['received', 'accepted', 'rejected', 'on-hold'] },
  received: { sender: ['cancelled', 'failed'], receiver: ['accepted', 'rejected', 'on-hold'] },
  'on-hold': { sender: ['cancelled', 'failed'], receiver: ['accepted', 'rejected'] },
  accepted: { sender: ['in-progress', 'cancelled', 'failed'], receiver: ['in-progress', 'rejected'] },
  'in-progress': { sender: ['failed'], receiver: ['completed'] },
  completed: { sender: [], receiver: [] },
  rejected: { sender: [], receiver: [] },
  cancelled: { sender: [], receiver: [] },
  failed: { sender: [], receiver: [] },
};

export function nextStatuses(status: TaskStatus, party: Party): readonly TaskStatus[] {
  return steps[status][party];
}

export function isOver(status: TaskStatus): boolean {
  return steps[status].sender.length + steps[status].receiver.length === 0;
}

export function findTaskStatus(text: unknown): TaskStatus | undefined {
  return taskStatuses.find((status) => status === text);
}
