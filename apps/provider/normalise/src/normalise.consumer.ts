import { setImmediate } from 'node:timers/promises';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { EventEnvelope, NewEvent } from '@samenhang/data-model';
import type { EventLog } from '@samenhang/event-log';
import { ChunkContext } from '@samenhang/event-transport';
import { PatientKeyring } from '@samenhang/patient-identity';
import { EVENT_LOG, METRICS } from '@samenhang/service-kit';
import { Counter, type Registry } from 'prom-client';
import { mapReceived } from './map-received.js';
import { ObservedInChunk } from './observed-in-chunk.js';
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
    const observed = new ObservedInChunk(mapping.version);
    let busySince = performance.now();
    for (const { key, tenant, traceparent, payload } of events) {
      const { mapped, observations } = mapReceived(payload, tenant, this.keyring, mapping);
      outcomes.push({ key, tenant, ...(traceparent === undefined ? {} : { traceparent }), ...mapped });
      observed.add(tenant, payload, observations);
      if (performance.now() - busySince < LONGEST_STRETCH_MS) continue;
      await setImmediate();
      busySince = performance.now();
    }
    const counts = observed.events((tenant, sourceId) => this.keyring.keyOf(tenant, 'source', sourceId));
    await this.eventLog.publish(context.transaction, [...outcomes, ...counts]);
    const rejected = outcomes.filter((outcome) => outcome.type === 'record.rejected').length;
    this.#messages.inc({ outcome: 'rejected' }, rejected);
    this.#messages.inc({ outcome: 'normalised' }, outcomes.length - rejected);
  }
}
