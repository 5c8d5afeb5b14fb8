import { createServer, type Server, type Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Hl7ParseError, type MllpEvent } from '@samenhang/hl7v2';
import { PatientKeyring } from '@samenhang/patient-identity';
import { LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { IntakeMetrics } from '../intake/intake-metrics.js';
import { IntakeQueue } from '../intake/intake-queue.js';
import type { SourceDeclaration } from '../sources/source-declaration.js';
import type { Source, SourceConnection, SourceConnector } from '../sources/source.js';
import { HeldBytes } from './held-bytes.js';
import { answerNotStored, answerStored } from './mllp-answer.js';
import { MllpConnection } from './mllp-connection.js';
import { readHl7, readRefused, type Hl7Reading } from './read-hl7.js';

export const maximumMessageBytes = 10 * 1024 * 1024;
const MAXIMUM_HELD_BYTES = 128 * 1024 * 1024;

/** Listens for HL7 v2 messages over MLLP: one TCP port for each source. */
@Injectable()
export class MllpConnector implements SourceConnector {
  readonly #held = new HeldBytes(MAXIMUM_HELD_BYTES);

  constructor(
    private readonly intake: IntakeQueue,
    private readonly keyring: PatientKeyring,
    private readonly metrics: IntakeMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  serves({ kind }: SourceDeclaration): boolean {
    return kind === 'mllp';
  }

  async open(source: Source): Promise<SourceConnection> {
    const { mllp } = source.declaration;
    if (mllp === undefined) throw new Failure('invalid', 'The declaration lacks the address to listen on');
    const connections = new Set<MllpConnection>();
    const server = createServer((socket) => this.#accept(socket, source, connections));
    await listen(server, mllp.host, mllp.port);
    this.logger.info({ source: source.id, port: mllp.port }, 'listening for MLLP');
    return {
      close: async () => {
        const closed = new Promise((resolve) => server.close(resolve));
        await Promise.all([...connections].map((connection) => connection.close()));
        await closed;
      },
    };
  }

  #accept(socket: Socket, source: Source, connections: Set<MllpConnection>): void {
    const connection = new MllpConnection(socket, {
      maximumFrameBytes: maximumMessageBytes,
      held: this.#held,
      handle: (event) => this.#handle(event, source),
      isBusy: () => this.intake.isBusy,
      whenReady: () => this.intake.whenReady(),
      onLost: (bytes) => this.logger.warn({ source: source.id, bytes }, 'connection closed within a message'),
    });
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  }

  async #handle(event: MllpEvent, source: Source): Promise<Buffer | undefined> {
    if (event.kind === 'garbage') {
      this.logger.warn({ source: source.id, bytes: event.length }, 'bytes between MLLP frames skipped');
      return undefined;
    }
    const reading = this.#read(event, source);
    try {
      const [receipt] = await this.intake.submit([reading.arrival]);
      this.metrics.count(
        source,
        reading.error ? 'refused' : receipt?.isDuplicate === true ? 'duplicate' : 'accepted',
      );
      return answerStored(reading, new Date());
    } catch {
      // The queue has logged why. Never AA for what is not stored.
      this.metrics.count(source, 'failed');
      return answerNotStored(reading, new Date());
    }
  }

  #read(event: Exclude<MllpEvent, { kind: 'garbage' }>, source: Source): Hl7Reading {
    const receivedAt = new Date();
    if (event.kind === 'frame') return this.#readFrame(event.content, source, receivedAt);
    const detail = `the message is longer than ${String(maximumMessageBytes)} bytes; only its beginning is kept`;
    const error = new Hl7ParseError('102', { segment: 'MSH', sequence: 1 }, detail);
    return readRefused(event.head, source, this.keyring, receivedAt, error);
  }

  /** A fault of ours in reading must not cost the message either: it is kept in quarantine for a later release. */
  #readFrame(content: Buffer, source: Source, receivedAt: Date): Hl7Reading {
    try {
      return readHl7(content, source, this.keyring, receivedAt);
    } catch (error) {
      this.logger.error({ error, source: source.id }, 'a message could not be read for a fault of ours');
      const fault = new Hl7ParseError(
        '207',
        { segment: 'MSH', sequence: 1 },
        'the message could not be read',
      );
      return readRefused(content, source, this.keyring, receivedAt, fault);
    }
  }
}

/** @throws Failure('conflict') when the address cannot be listened on */
function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new Failure('conflict', `Port ${String(port)} cannot be listened on`, { cause })),
    );
    server.listen({ host, port, backlog: 1024 }, () => {
      server.removeAllListeners('error');
      server.on('error', () => undefined);
      resolve();
    });
  });
}
