import { eventVersions, type EventPayloads, type EventType } from './catalogue.js';
import type { EventEnvelope } from './envelope.js';

type FieldCheck = (value: unknown) => boolean;
const text: FieldCheck = (value) => typeof value === 'string' && value.length > 0;
const number: FieldCheck = (value) => typeof value === 'number' && Number.isFinite(value);
const flag: FieldCheck = (value) => typeof value === 'boolean';
const list: FieldCheck = Array.isArray;
const object: FieldCheck = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields a consumer relies on. A payload may carry more (a newer minor addition), never less. */
const requiredFields: { readonly [T in EventType]: Partial<Record<keyof EventPayloads[T], FieldCheck>> } = {
  'source-message.received': {
    messageId: text,
    sourceId: text,
    format: text,
    receivedAt: text,
    sourcePosition: number,
    content: text,
    settings: object,
  },
  'record.normalised': {
    messageId: text,
    sourceId: text,
    sourcePosition: number,
    receivedAt: text,
    mappingVersion: text,
    changes: list,
    merges: list,
    issues: list,
  },
  'record.rejected': { messageId: text, sourceId: text, stage: text, mappingVersion: text, issues: list },
  'availability.changed': { patientKey: text, bsn: text, category: text, available: flag, revision: number },
  'record.patient-changed': { patientHandle: text, custodian: text, facts: list },
  'audit.recorded': { recordedAt: text, auditEvent: object },
  'mapping.tables-activated': { tables: number, digest: text, mappingVersion: text },
  'mapping.observed': { sourceId: text, mappingVersion: text, messages: number, observations: list },
  'patient.notice-due': {
    bsn: text,
    kind: text,
    custodian: text,
    requester: text,
    roleCode: text,
    emergencyAccess: text,
    at: text,
  },
  'consent.objection-changed': { bsn: text, holder: object, position: text, revision: number },
  'consent.primary-use-changed': { bsn: text, optedOut: flag, revision: number },
  'consent.secondary-use-changed': { pseudonym: text, objects: flag, revision: number },
  'addressing.organisation-status-changed': { ura: text, active: flag },
  'localisation.registered': { patientHandle: text, custodian: text, category: text, sourceId: text },
  'localisation.withdrawn': { patientHandle: text, custodian: text, category: text, sourceId: text },
  'pseudonym.evaluation-requested': { requestId: text, request: text },
  'pseudonym.evaluated': { requestId: text, outcome: text, tokens: list },
};

/** Thrown at either end of the log when an event does not honour its contract. Names the field, never its value. */
export class EventContractError extends Error {
  constructor(
    readonly eventType: string,
    readonly field: string,
  ) {
    super(`Event ${eventType} violates its contract: ${field}`);
    this.name = 'EventContractError';
  }
}

/** @throws EventContractError */
export function assertEventContract(
  event: Pick<EventEnvelope, 'type' | 'version' | 'key' | 'payload'>,
): void {
  const version = eventVersions[event.type];
  if (version === undefined) throw new EventContractError(String(event.type), 'type');
  if (event.version !== version) throw new EventContractError(event.type, 'version');
  if (!text(event.key)) throw new EventContractError(event.type, 'key');
  const payload = event.payload as unknown as Record<string, unknown>;
  if (!object(payload)) throw new EventContractError(event.type, 'payload');
  for (const [field, check] of Object.entries(requiredFields[event.type]) as [string, FieldCheck][]) {
    if (!check(payload[field])) throw new EventContractError(event.type, `payload.${field}`);
  }
}
