import { identifierSystems, type Ura } from '@samenhang/data-model';
import type { TaskStatus } from './task-status.js';

/** Twiin TA Notified Pull: codes of Tasks and of their inputs. */
export const taskCodeSystem = 'http://fhir.nl/fhir/NamingSystem/TaskCode';
export const taskParameterSystem = 'http://fhir.nl/fhir/NamingSystem/TaskParameter';
export const pullNotification = 'pull-notification';
const SNOMED = 'http://snomed.info/sct';

/** What is transferred, and how a receiver is told. */
export const transferKinds = ['referral', 'nursing-handover'] as const;
export type TransferKind = (typeof transferKinds)[number];

interface KindOfTask {
  readonly code: string;
  readonly display: string;
  readonly profile?: string;
  readonly intent: string;
}

export const kindsOfTask: Readonly<Record<TransferKind, KindOfTask>> = {
  referral: { code: '3457005', display: 'Patient referral', intent: 'order' },
  'nursing-handover': {
    code: '308292007',
    display: 'Transfer of care',
    profile: 'http://nictiz.nl/fhir/StructureDefinition/eOverdracht-Task',
    intent: 'order',
  },
};

/** Kinds of Composition in eOverdracht: advance notice and nursing handoff, as inputs of the Task. */
export const handoverInputs: Readonly<Record<string, string>> = {
  '721915006': 'advance notice',
  '11171000146100': 'nursing handoff',
};

export interface Coding {
  readonly system?: string;
  readonly code?: string;
  readonly display?: string;
}

export interface Concept {
  readonly coding?: readonly Coding[];
  readonly text?: string;
}

export interface Identifier {
  readonly system?: string;
  readonly value?: string;
}

export interface Reference {
  readonly reference?: string;
  readonly identifier?: Identifier;
}

export interface TaskInput {
  readonly type?: Concept;
  readonly valueString?: string;
  readonly valueBoolean?: boolean;
  readonly valueReference?: Reference;
}

/** A FHIR R4 Task, as far as transfers look at it. */
export interface Task {
  readonly resourceType: 'Task';
  readonly id?: string;
  readonly meta?: {
    readonly versionId?: string;
    readonly lastUpdated?: string;
    readonly profile?: readonly string[];
  };
  readonly identifier?: readonly Identifier[];
  readonly groupIdentifier?: Identifier;
  readonly basedOn?: readonly Reference[];
  readonly status?: string;
  readonly statusReason?: Concept;
  readonly businessStatus?: Concept;
  readonly intent?: string;
  readonly code?: Concept;
  readonly for?: Reference;
  readonly authoredOn?: string;
  readonly lastModified?: string;
  readonly requester?: Reference & { readonly onBehalfOf?: Reference; readonly agent?: Reference };
  readonly owner?: Reference;
  readonly restriction?: { readonly period?: { readonly start?: string; readonly end?: string } };
  readonly input?: readonly TaskInput[];
}

export interface WorkflowTaskParts {
  readonly id: string;
  readonly kind: TransferKind;
  readonly group: Identifier;
  readonly sender: Ura;
  readonly owner: Ura;
  readonly status: TaskStatus;
  readonly authoredOn: string;
  readonly start?: string;
  readonly end: string;
  readonly listed: readonly string[];
  /** Compositions by the code of what they are in eOverdracht. */
  readonly documents: readonly { readonly code: string; readonly reference: string }[];
}

export function party(ura: Ura): Reference {
  return { identifier: { system: identifierSystems.ura, value: ura } };
}

/** The Task at the sender that tells what is offered. Whom it is about is kept apart, sealed, and added when it is served. */
export function workflowTask(parts: WorkflowTaskParts): Task {
  const kind = kindsOfTask[parts.kind];
  return {
    resourceType: 'Task',
    id: parts.id,
    ...(kind.profile === undefined ? {} : { meta: { profile: [kind.profile] } }),
    identifier: [{ system: 'urn:ietf:rfc:3986', value: `urn:uuid:${parts.id}` }],
    groupIdentifier: parts.group,
    status: parts.status,
    intent: kind.intent,
    code: { coding: [{ system: SNOMED, code: kind.code, display: kind.display }] },
    authoredOn: parts.authoredOn,
    requester: party(parts.sender),
    owner: party(parts.owner),
    restriction: {
      period: { ...(parts.start === undefined ? {} : { start: parts.start }), end: parts.end },
    },
    input: [
      ...parts.documents.map(({ code, reference }) => ({
        type: { coding: [{ system: SNOMED, code, display: handoverInputs[code] ?? '' }] },
        valueReference: { reference },
      })),
      ...parts.listed.map(listedInput),
    ],
  };
}

export function parameterInput(code: string, value: Omit<TaskInput, 'type'>): TaskInput {
  return { type: { coding: [{ system: taskParameterSystem, code }] }, ...value };
}

function listedInput(listed: string): TaskInput {
  return parameterInput(isRead(listed) ? 'read-available-resource' : 'query-available-resources', {
    valueString: listed,
  });
}

/** Whether what is listed is one resource, and not a search. */
export function isRead(listed: string): boolean {
  return listed.includes('/');
}

/** What an input says, whichever way it does. */
export function textOfInput({ valueString, valueReference }: TaskInput): string | undefined {
  return valueString ?? valueReference?.reference;
}

export function inputsOf(task: Task, code: string): TaskInput[] {
  return (task.input ?? []).filter(
    ({ type }) =>
      type?.coding?.some((coding) => coding.system === taskParameterSystem && coding.code === code) === true,
  );
}

/** The Compositions of an eOverdracht Task. */
export function documentsOf(task: Task): string[] {
  return (task.input ?? []).flatMap(({ type, valueReference }) => {
    const isDocument = type?.coding?.some(
      ({ system, code = '' }) => system === SNOMED && Object.hasOwn(handoverInputs, code),
    );
    return isDocument === true && valueReference?.reference !== undefined ? [valueReference.reference] : [];
  });
}

export function uraOf(reference: Reference | undefined): string | undefined {
  const { system, value } = reference?.identifier ?? {};
  return system === identifierSystems.ura ? value : undefined;
}

/** What of a Task says who the patient is, is never stored with it. */
export function withoutPatient<T extends Task>(task: T): T {
  const { for: _patient, ...rest } = task;
  return rest as T;
}

export function withPatient(task: Task, bsn: string): Task {
  return { ...task, for: { identifier: { system: identifierSystems.bsn, value: bsn } } };
}
