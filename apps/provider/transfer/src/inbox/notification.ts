import { identifierSystems, type Ura } from '@samenhang/data-model';
import { Failure, type FailureIssue } from '@samenhang/errors';
import { findTimeInterval } from '@samenhang/fhir-r4';
import { findBsn, type Bsn } from '@samenhang/patient-identity';
import { canonicalRequest } from '../offers/listed-request.js';
import {
  documentsOf,
  inputsOf,
  pullNotification,
  taskCodeSystem,
  textOfInput,
  uraOf,
  withoutPatient,
  type Task,
} from '../tasks/task.js';

/** A Notification Task of Twiin TA, as far as the receiver needs it. */
export interface PullNotification {
  /** `system|value`: which notification it is, for this sender. */
  readonly identifier: string;
  readonly bsn: Bsn;
  readonly authorizationBase: string;
  readonly validUntil: Date | undefined;
  /** The workflow Task at the sender, when it is to be read first. */
  readonly taskReference: string | undefined;
  readonly body: Task;
}

const TASK = /^Task\/[A-Za-z0-9\-.]{1,64}$/;
const BASE = /^[\x21-\x7e]{1,500}$/;

/** @throws Failure('malformed' | 'forbidden' | 'invalid') */
export function readPullNotification(sent: unknown, tenant: Ura, sender: Ura): PullNotification {
  const task = (typeof sent === 'object' && sent !== null ? sent : {}) as Task;
  if (task.resourceType !== 'Task') throw new Failure('malformed', 'A Task is expected');
  if (uraOf(task.requester?.onBehalfOf) !== sender)
    throw new Failure('forbidden', 'A care provider notifies on its own behalf only');
  const issues: FailureIssue[] = [];
  const need = <T>(value: T | undefined, expression: string, text: string): T | undefined => {
    if (value === undefined) issues.push({ text, expression });
    return value;
  };
  const isNotification = task.code?.coding?.some(
    ({ system, code }) => system === taskCodeSystem && code === pullNotification,
  );
  if (isNotification !== true) issues.push({ text: 'a pull notification', expression: 'Task.code' });
  if (task.status !== 'requested') issues.push({ text: 'requested', expression: 'Task.status' });
  if (uraOf(task.owner) !== tenant) issues.push({ text: 'this care provider', expression: 'Task.owner' });
  const identifier = need(identifierOf(task), 'Task.identifier', 'one identifier: system and value');
  const bsn = need(patientOf(task), 'Task.for', 'the BSN of the patient');
  const [base] = inputsOf(task, 'authorization-base').map(textOfInput);
  const authorizationBase = need(
    base !== undefined && BASE.test(base) ? base : undefined,
    'Task.input',
    'an authorization-base',
  );
  const end = task.restriction?.period?.end;
  const until = end === undefined ? undefined : findTimeInterval(end);
  if (end !== undefined && until === undefined)
    issues.push({ text: 'a date or dateTime', expression: 'Task.restriction.period.end' });
  const taskReference = workflowTaskOf(task);
  if (taskReference === null)
    issues.push({ text: 'a Task at the sender: Task/id', expression: 'Task.basedOn' });
  try {
    requestsOf(task);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    issues.push({ text: error.message, expression: 'Task.input' });
  }
  if (issues.length > 0 || identifier === undefined || bsn === undefined || authorizationBase === undefined)
    throw new Failure('invalid', 'The notification cannot be taken', { issues });
  return {
    identifier,
    bsn,
    authorizationBase,
    validUntil: until === undefined ? undefined : new Date(until.until),
    taskReference: taskReference ?? undefined,
    body: withoutSecrets(task),
  };
}

/**
 * What is to be asked of the sender, relative to its base from the address book: the resources, searches and documents
 * that a Task lists. Anything else, such as another server, is no listed request.
 * @throws Failure('invalid')
 */
export function requestsOf(task: Task): string[] {
  const listed = ['query-available-resources', 'read-available-resource'].flatMap((code) =>
    inputsOf(task, code).map((input) => canonicalRequest(textOfInput(input) ?? '')),
  );
  const documents = documentsOf(task).map((reference) => `${canonicalRequest(reference)}/$document`);
  return [...new Set([...listed, ...documents])];
}

/** What is kept of a Task in plain: not whom it is about, and not what opens the data. */
export function withoutSecrets(task: Task): Task {
  const bases = new Set(inputsOf(task, 'authorization-base'));
  const rest = withoutPatient(task);
  return rest.input === undefined
    ? rest
    : { ...rest, input: rest.input.filter((input) => !bases.has(input)) };
}

export function patientOf(task: Task): Bsn | undefined {
  const { system, value = '' } = task.for?.identifier ?? {};
  return system === identifierSystems.bsn ? findBsn(value) : undefined;
}

function identifierOf({ identifier = [] }: Task): string | undefined {
  const [first] = identifier;
  const { system = '', value = '' } = first ?? {};
  if (identifier.length !== 1 || system === '' || value === '') return undefined;
  const text = `${system}|${value}`;
  return text.length > 300 || findBsn(value) !== undefined ? undefined : text;
}

/** Null when it is not one that can be read at the sender. */
function workflowTaskOf(task: Task): string | undefined | null {
  const [wanted] = inputsOf(task, 'get-workflow-task');
  if (wanted === undefined || wanted.valueBoolean === false) return undefined;
  const reference = textOfInput(wanted) ?? task.basedOn?.[0]?.reference;
  return reference !== undefined && TASK.test(reference) ? reference : null;
}
