import {
  buildBatchAcknowledgement,
  encodeMllpFrame,
  findBatchHeader,
  Hl7ParseError,
  isBatch,
  readBatch,
  type Hl7Batch,
  type MllpEvent,
} from '@samenhang/hl7v2';
import type { PatientKeyring } from '@samenhang/patient-identity';
import type { Logger } from 'pino';
import type { IntakeMetrics } from '../intake/intake-metrics.js';
import type { IntakeQueue } from '../intake/intake-queue.js';
import type { Source } from '../sources/source.js';
import { answerBatchRefused, answerNotStored, answerStored, createControlId } from './mllp-answer.js';
import { readHl7, readRefused, type Hl7Reading } from './read-hl7.js';

export const maximumMessageBytes = 10 * 1024 * 1024;

/** Takes in what one source sends, and gives the frame to answer with. */
export class MllpIntake {
  constructor(
    private readonly source: Source,
    private readonly intake: IntakeQueue,
    private readonly keyring: PatientKeyring,
    private readonly metrics: IntakeMetrics,
    private readonly logger: Logger,
  ) {}

  /** Never rejects; undefined when the sender is owed no answer. */
  async handle(event: MllpEvent): Promise<Buffer | undefined> {
    switch (event.kind) {
      case 'garbage':
        this.logger.warn(
          { source: this.source.id, bytes: event.length },
          'bytes between MLLP frames skipped',
        );
        return undefined;
      case 'oversized':
        return this.#answerOne(this.#readOversized(event.head));
      case 'frame':
        return isBatch(event.content)
          ? this.#answerBatch(event.content)
          : this.#answerOne(this.#read(event.content, new Date()));
    }
  }

  async #answerOne(reading: Hl7Reading): Promise<Buffer | undefined> {
    const isStored = await this.#store([reading]);
    const content = isStored ? answerStored(reading, new Date()) : answerNotStored(reading, new Date());
    return content === undefined ? undefined : encodeMllpFrame(content);
  }

  /** The messages of a batch are stored together; each has its own acknowledgement (HL7 v2.5 §2.10.3.3). */
  async #answerBatch(content: Buffer): Promise<Buffer | undefined> {
    const receivedAt = new Date();
    const batch = this.#openBatch(content);
    if (batch instanceof Hl7ParseError) return this.#refuseBatch(content, batch, receivedAt);
    const groups = batch.groups.map(({ messages }) =>
      messages.map((message) => this.#read(message, receivedAt)),
    );
    const isStored = await this.#store(groups.flat());
    const at = new Date();
    const answer = isStored ? answerStored : answerNotStored;
    const answers = groups.map((readings) => readings.flatMap((reading) => answer(reading, at) ?? []));
    const acknowledgement = buildBatchAcknowledgement({ batch, answers, createControlId, at });
    return acknowledgement === undefined ? undefined : encodeMllpFrame(acknowledgement);
  }

  #openBatch(content: Buffer): Hl7Batch | Hl7ParseError {
    try {
      return readBatch(content);
    } catch (error) {
      if (error instanceof Hl7ParseError) return error;
      throw error;
    }
  }

  /** A batch whose envelope is not in order is kept whole, in quarantine: what it lacks nobody can tell. */
  async #refuseBatch(content: Buffer, error: Hl7ParseError, receivedAt: Date): Promise<Buffer | undefined> {
    const reading = readRefused(content, this.source, this.keyring, receivedAt, error);
    const isStored = await this.#store([reading]);
    const answer = answerBatchRefused(findBatchHeader(content), isStored ? error : undefined, new Date());
    return answer === undefined ? undefined : encodeMllpFrame(answer);
  }

  /** @returns whether they are committed */
  async #store(readings: readonly Hl7Reading[]): Promise<boolean> {
    try {
      const receipts = await this.intake.submit(readings.map(({ arrival }) => arrival));
      readings.forEach(({ error }, index) => {
        const isDuplicate = receipts[index]?.isDuplicate === true;
        this.metrics.count(this.source, error ? 'refused' : isDuplicate ? 'duplicate' : 'accepted');
      });
      return true;
    } catch {
      // The queue has logged why. Never AA for what is not stored.
      this.metrics.count(this.source, 'failed', readings.length);
      return false;
    }
  }

  #readOversized(head: Buffer): Hl7Reading {
    const detail = `the message is longer than ${String(maximumMessageBytes)} bytes; only its beginning is kept`;
    const error = new Hl7ParseError('102', { segment: 'MSH', sequence: 1 }, detail);
    return readRefused(head, this.source, this.keyring, new Date(), error);
  }

  /** A fault of ours in reading must not cost the message either: it is kept in quarantine for a later release. */
  #read(content: Buffer, receivedAt: Date): Hl7Reading {
    try {
      return readHl7(content, this.source, this.keyring, receivedAt);
    } catch (error) {
      this.logger.error({ error, source: this.source.id }, 'a message could not be read for a fault of ours');
      const place = { segment: 'MSH', sequence: 1 };
      const fault = new Hl7ParseError('207', place, 'the message could not be read');
      return readRefused(content, this.source, this.keyring, receivedAt, fault);
    }
  }
}
