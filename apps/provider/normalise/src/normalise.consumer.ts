import { setImmediate } from 'node:timers/promises';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { EventEnvelope, NewEvent } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { ChunkContext } from '@samenhang/event-transport';
import { PatientKeyring } from '@samenhang/patient-identity';
import { EVENT_LOG, METRICS } from '@samenhang/service-kit';
import { Counter, type Registry } from 'prom-client';
import { mapReceived, mapReceivedBy, outcomeOf, type MappedWithObservations } from './map-received.js';
import { ObservedInChunk } from './observed-in-chunk.js';
import { MappingReleases } from './releases/mapping-releases.js';
import { rejected } from './releases/written-message.js';
import { ActiveMapping } from './tables/active-mapping.js';

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
    @Inject(ActiveMapping) private readonly mapping: ActiveMapping,
    @Inject(MappingReleases) private readonly releases: MappingReleases,
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
    const mapping = await this.mapping.current(context.transaction);
    const observed = new ObservedInChunk();
    let busySince = performance.now();
    for (const event of events) {
      const { key, tenant, traceparent, payload } = event;
      const { mapped, observations } =
        payload.mapBy === undefined
          ? mapReceived(payload, tenant, this.keyring, mapping)
          : await this.#mapBy(payload.mapBy, event, context.transaction);
      outcomes.push({ key, tenant, ...(traceparent === undefined ? {} : { traceparent }), ...mapped });
      observed.add(tenant, payload, observations, payload.mapBy ?? mapping.version);
      if (performance.now() - busySince < LONGEST_STRETCH_MS) continue;
      await setImmediate();
      busySince = performance.now();
    }
    const counts = observed.events((tenant, sourceId) => this.keyring.keyOf(tenant, 'source', sourceId));
    await this.eventLog.publish(context.transaction, [...outcomes, ...counts]);
    const refused = outcomes.filter((outcome) => outcome.type === 'record.rejected').length;
    this.#messages.inc({ outcome: 'rejected' }, refused);
    this.#messages.inc({ outcome: 'normalised' }, outcomes.length - refused);
  }

  /** A version that is not there (any more) is a fault of that replay: its messages are rejected, and none waits for it. */
  async #mapBy(
    version: string,
    { payload, tenant }: Received,
    transaction: Transaction,
  ): Promise<MappedWithObservations> {
    try {
      const mapping = await this.releases.named(transaction, version);
      return await mapReceivedBy(payload, tenant, this.keyring, mapping);
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'not-found') throw error;
      return outcomeOf(payload, rejected(unknownVersion), version);
    }
  }
}

const unknownVersion = {
  severity: 'error',
  code: 'unknown-mapping-version',
  location: 'event',
  text: 'The version of the mapping that this replay asks for is not there',
} as const;
