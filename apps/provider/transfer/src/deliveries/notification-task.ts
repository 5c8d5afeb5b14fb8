import type { Ura } from '@samenhang/data-model';
import type { StoredTask } from '../tasks/task-table.js';
import { parameterInput, party, pullNotification, taskCodeSystem, type Task } from '../tasks/task.js';

/** The Notification Task of Twiin TA Notified Pull: it says where to begin, and with what authorization base. */
export function pullNotificationOf(sender: Ura, task: StoredTask, authorizationBase: string): Task {
  return {
    ...headOf(sender, task),
    status: 'requested',
    input: [
      parameterInput('authorization-base', { valueString: authorizationBase }),
      parameterInput('get-workflow-task', { valueBoolean: true }),
    ],
  };
}

/** The same notification, withdrawn: sent as a conditional update by its identifier. */
export function cancelledNotification(sender: Ura, task: StoredTask): Task {
  return { ...headOf(sender, task), status: 'cancelled' };
}

function headOf(sender: Ura, { id, owner, body }: StoredTask): Task {
  return {
    resourceType: 'Task',
    // The identifier follows from the Task: a notification that is sent again is the same one.
    identifier: [{ system: 'urn:ietf:rfc:3986', value: `urn:uuid:${id}#notification` }],
    ...(body.groupIdentifier === undefined ? {} : { groupIdentifier: body.groupIdentifier }),
    basedOn: [{ reference: `Task/${id}` }],
    intent: 'proposal',
    code: { coding: [{ system: taskCodeSystem, code: pullNotification }] },
    ...(body.authoredOn === undefined ? {} : { authoredOn: body.authoredOn }),
    requester: { onBehalfOf: party(sender) },
    owner: party(owner),
    ...(body.restriction === undefined ? {} : { restriction: body.restriction }),
  };
}
