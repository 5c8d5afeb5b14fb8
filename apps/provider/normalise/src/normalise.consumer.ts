import { setImmediate } from 'node:timers/promises';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { EventEnvelope } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { ChunkContext } from '@samenhang/event-transport';
import { keyOfQuestion, type Mapping, type TermQuestion } from '@samenhang/mapping';
import { PatientKeyring } from '@samenhang/patient-identity';
import { EVENT_LOG, METRICS } from '@samenhang/service-kit';
import { Counter, type Registry } from 'prom-client';
import { mapReceived, mapReceivedBy, outcomeOf, type MappedWithObservations } from './map-received.js';
import { ObservedInChunk } from './observed-in-chunk.js';
import { MappingReleases } from './releases/mapping-releases.js';
import { rejected } from './releases/written-message.js';
import { ActiveMapping } from './tables/active-mapping.js';
import { TermResolution } from './terminology/term-resolution.js';

type Received = EventEnvelope<'source-message.received'>;

/** A message of a chunk, what became of it, and what the mapping would have liked to know. */
interface Handled extends MappedWithObservations {
  readonly event: Received;
  readonly questions: readonly TermQuestion[];
}

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
    @Inject(TermResolution) private readonly terms: TermResolution,
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
    const mapping = await this.mapping.current(context.transaction);
    const mapped = await this.#mapAll(events, mapping, context.transaction);
    const handled = await this.#mapResolved(mapped, mapping, context.transaction);
    const observed = new ObservedInChunk();
    for (const { event, observations, version } of handled)
      observed.add(event.tenant, event.payload, observations, version);
    const outcomes = handled.map(({ event: { key, tenant, traceparent }, mapped }) => ({
      key,
      tenant,
      ...(traceparent === undefined ? {} : { traceparent }),
      ...mapped,
    }));
    const counts = observed.events((tenant, sourceId) => this.keyring.keyOf(tenant, 'source', sourceId));
    await this.eventLog.publish(context.transaction, [...outcomes, ...counts]);
    const refused = outcomes.filter((outcome) => outcome.type === 'record.rejected').length;
    this.#messages.inc({ outcome: 'rejected' }, refused);
    this.#messages.inc({ outcome: 'normalised' }, outcomes.length - refused);
  }

  async #mapAll(events: readonly Received[], mapping: Mapping, transaction: Transaction): Promise<Handled[]> {
    const handled: Handled[] = [];
    const asking = this.terms.asking(mapping);
    let busySince = performance.now();
    for (const event of events) {
      const { payload, tenant } = event;
      const mapped =
        payload.mapBy === undefined
          ? mapReceived(payload, tenant, this.keyring, asking ?? mapping)
          : await this.#mapBy(payload.mapBy, event, transaction);
      handled.push({ event, ...mapped, questions: asking?.tables.takeQuestions() ?? [] });
      if (performance.now() - busySince < LONGEST_STRETCH_MS) continue;
      await setImmediate();
      busySince = performance.now();
    }
    return handled;
  }

  /** Maps again what a terminology server has answered: all else was mapped without questions, and stays. */
  async #mapResolved(
    handled: readonly Handled[],
    mapping: Mapping,
    transaction: Transaction,
  ): Promise<readonly Handled[]> {
    const questions = handled.flatMap((one) => one.questions);
    if (questions.length === 0) return handled;
    const resolved = await this.terms.resolve(transaction, mapping, questions);
    if (resolved === undefined) return handled;
    return handled.map((one) => {
      const isAnswered = one.questions.some((question) => resolved.answered.has(keyOfQuestion(question)));
      const { payload, tenant } = one.event;
      return isAnswered ? { ...one, ...mapReceived(payload, tenant, this.keyring, resolved.mapping) } : one;
    });
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
