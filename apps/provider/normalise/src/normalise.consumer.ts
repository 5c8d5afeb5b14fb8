import { setImmediate } from 'node:timers/promises';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import {
  identifierSystems,
  type EventEnvelope,
  type MappingIssue,
  type NewEvent,
  type RecordChange,
  type Ura,
} from '@samenhang/data-model';
import type { EventLog } from '@samenhang/event-log';
import { maximumPayloadBytes } from '@samenhang/event-log-postgres';
import { ChunkContext } from '@samenhang/event-transport';
import {
  mappingVersion,
  normaliseMessage,
  type NormalisedChange,
  type NormalisedMessage,
  type SourceMessage,
} from '@samenhang/mapping';
import { PatientKeyring } from '@samenhang/patient-identity';
import { EVENT_LOG, METRICS } from '@samenhang/service-kit';
import { Counter, type Registry } from 'prom-client';

type Received = EventEnvelope<'source-message.received'>;

/** In one process with the others, mapping makes way this often: a source waits for its acknowledgement meanwhile. */
const LONGEST_STRETCH_MS = 5;

/** Stateless: the same message and mapping version give the same resources, so a chunk may be handled again at will. */
@Controller()
export class NormaliseConsumer {
  readonly #messages: Counter<'outcome'>;

  constructor(
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    @Inject(METRICS) metrics: Registry,
    @Inject(PatientKeyring) private readonly keyring: PatientKeyring,
  ) {
    this.#messages = new Counter({
      name: 'normalise_messages_total',
      help: 'Messages by what became of them',
      labelNames: ['outcome'],
      registers: [metrics],
    });
  }

  @EventPattern<string>('source-message.received')
  async normalise(@Payload() events: Received[], @Ctx() context: ChunkContext): Promise<void> {
    const outcomes: NewEvent[] = [];
    let busySince = performance.now();
    for (const event of events) {
      outcomes.push(outcomeOf(event, this.keyring));
      if (performance.now() - busySince < LONGEST_STRETCH_MS) continue;
      await setImmediate();
      busySince = performance.now();
    }
    await this.eventLog.publish(context.transaction, outcomes);
    const rejected = outcomes.filter((outcome) => outcome.type === 'record.rejected').length;
    this.#messages.inc({ outcome: 'rejected' }, rejected);
    this.#messages.inc({ outcome: 'normalised' }, outcomes.length - rejected);
  }
}

function outcomeOf(event: Received, keyring: PatientKeyring): NewEvent {
  const { messageId, sourceId, format, settings } = event.payload;
  const content = Buffer.from(event.payload.content, 'base64');
  const normalised =
    event.tenant === null
      ? rejected(noCustodian)
      : carriable({
          tenant: event.tenant,
          sourceId,
          format,
          content,
          settings,
          hashBsn: hashBsnOf(event.tenant, keyring),
        });
  const envelope = {
    key: event.key,
    tenant: event.tenant,
    ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
  };
  if (normalised.outcome === 'rejected') {
    const { issues } = normalised;
    return {
      ...envelope,
      type: 'record.rejected',
      payload: { messageId, sourceId, stage: 'normalise', mappingVersion, issues },
    };
  }
  const { changes, merges, issues } = normalised;
  const { sourcePosition, receivedAt } = event.payload;
  return {
    ...envelope,
    type: 'record.normalised',
    payload: {
      messageId,
      sourceId,
      sourcePosition,
      receivedAt,
      mappingVersion,
      changes: changes.map(asWritten),
      merges,
      issues,
    },
  };
}

function asWritten(change: NormalisedChange): RecordChange {
  if (change.action === 'delete') return change;
  const { resource, ...rest } = change;
  return { ...rest, resourceType: resource.resourceType, id: resource.id, body: JSON.stringify(resource) };
}

/** Scoped to the tenant: the ids of one person at two care providers cannot be linked. */
function hashBsnOf(tenant: Ura, keyring: PatientKeyring): (bsn: string) => string {
  return (bsn) => keyring.keyOf(tenant, identifierSystems.bsn, bsn);
}

/**
 * A message of thousands of small segments becomes many times its size. What the log cannot carry is rejected here: as an
 * error of the log it would hold up the messages behind it.
 */
function carriable(message: SourceMessage): NormalisedMessage {
  const normalised = normaliseMessage(message);
  if (normalised.outcome === 'rejected' || !mayBeLarge(message, normalised)) return normalised;
  const bytes = Buffer.byteLength(JSON.stringify(normalised.changes.map(asWritten))) + ENVELOPE_BYTES;
  return bytes > maximumPayloadBytes ? rejected(tooLarge) : normalised;
}

/** Measuring costs as much as writing; results that are surely small are not measured. */
function mayBeLarge(
  { content }: SourceMessage,
  { changes }: { readonly changes: readonly unknown[] },
): boolean {
  return content.length > 1_000_000 || changes.length > 2_000;
}

function rejected(issue: MappingIssue): NormalisedMessage {
  return { outcome: 'rejected', issues: [issue], observations: [] };
}

const ENVELOPE_BYTES = 1_024;

const tooLarge = {
  severity: 'error',
  code: 'result-too-large',
  location: 'event',
  text: 'The resources of this message are more than one event can carry; it must be sent in parts',
} as const;

const noCustodian = {
  severity: 'error',
  code: 'no-custodian',
  location: 'event',
  text: 'The message belongs to no care provider',
} as const;
