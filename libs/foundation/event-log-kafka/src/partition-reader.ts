import {
  handleChunk,
  LetGo,
  type EventConsumer,
  type EventLogLogger,
  type RetryPolicy,
} from '@samenhang/event-log';
import { logObserver, type ChunkLimits, type EventLogDatabase } from '@samenhang/event-log-postgres';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { setTimeout as delay } from 'node:timers/promises';
import { toDelivery } from './message-format.js';
import { PartitionStore } from './partition-store.js';

export interface PartitionReaderSettings {
  readonly database: EventLogDatabase;
  readonly consumer: EventConsumer;
  readonly chunk: ChunkLimits;
  readonly retry: RetryPolicy;
  readonly logger: EventLogLogger;
}

const SIGN_OF_LIFE_MILLISECONDS = 1_000;
const LONGEST_NAP_MILLISECONDS = 100;

/**
 * Handles a batch of one partition, chunk after chunk: effects and marks commit in Postgres, then the offset in Kafka.
 * What is left when the partition is lost or the consumer stops comes again to whoever has the partition next.
 */
export async function readPartition(
  payload: EachBatchPayload,
  settings: PartitionReaderSettings,
): Promise<void> {
  const { topic, partition, messages } = payload.batch;
  const { consumer, database } = settings;
  const store = new PartitionStore(database, { group: consumer.group, type: consumer.type, partition });
  for (const chunk of chunksOf(messages, settings.chunk)) {
    if (!mayGoOn(payload)) return;
    const deliveries = chunk.map((message) => toDelivery(message, { topic, partition, type: consumer.type }));
    const life = new SignsOfLife(payload);
    try {
      await handleChunk(deliveries, {
        consumer,
        store,
        retry: settings.retry,
        observer: logObserver(settings.logger, consumer),
        pause: (milliseconds) => nap(milliseconds, payload, life),
      });
    } catch (error) {
      if (!(error instanceof LetGo)) throw error;
      life.throwFault();
      return;
    } finally {
      life.end();
    }
    await commit(payload, chunk);
    life.throwFault();
  }
}

async function commit(
  { batch: { topic, partition }, resolveOffset, commitOffsetsIfNecessary, heartbeat }: EachBatchPayload,
  chunk: readonly KafkaMessage[],
): Promise<void> {
  const last = chunk.at(-1);
  if (last === undefined) return;
  resolveOffset(last.offset);
  await commitOffsetsIfNecessary({
    topics: [{ topic, partitions: [{ partition, offset: String(BigInt(last.offset) + 1n) }] }],
  });
  await heartbeat();
}

const mayGoOn = ({ isRunning, isStale }: EachBatchPayload): boolean => isRunning() && !isStale();

/** Waits for a fault to pass, in naps, so that a stop or the loss of the partition is noticed. */
async function nap(milliseconds: number, payload: EachBatchPayload, life: SignsOfLife): Promise<void> {
  const end = Date.now() + milliseconds;
  do {
    await delay(Math.max(0, Math.min(LONGEST_NAP_MILLISECONDS, end - Date.now())));
    if (!mayGoOn(payload) || life.hasFault()) throw new LetGo('The partition is no longer ours');
  } while (Date.now() < end);
}

/** Heartbeats while a chunk takes its time; a refused one is passed to kafkajs once the chunk is done. */
class SignsOfLife {
  private fault: unknown;
  private readonly timer: NodeJS.Timeout;

  constructor({ heartbeat }: EachBatchPayload) {
    this.timer = setInterval(() => {
      heartbeat().catch((error: unknown) => (this.fault ??= error));
    }, SIGN_OF_LIFE_MILLISECONDS);
  }

  hasFault(): boolean {
    return this.fault !== undefined;
  }

  /** kafkajs joins its group anew when it sees the fault. */
  throwFault(): void {
    if (this.fault !== undefined) throw this.fault;
  }

  end(): void {
    clearInterval(this.timer);
  }
}

export function chunksOf(messages: readonly KafkaMessage[], limits: ChunkLimits): KafkaMessage[][] {
  const chunks: KafkaMessage[][] = [];
  let current: KafkaMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    if (current.length > 0 && (current.length >= limits.events || bytes >= limits.bytes)) {
      chunks.push(current);
      current = [];
      bytes = 0;
    }
    current.push(message);
    bytes += message.value?.length ?? 0;
  }
  if (current.length > 0) chunks.push(current);
  return chunks;
}
