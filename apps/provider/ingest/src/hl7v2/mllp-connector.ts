import type { Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { PatientKeyring } from '@samenhang/patient-identity';
import { LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { IntakeMetrics } from '../intake/intake-metrics.js';
import { IntakeQueue } from '../intake/intake-queue.js';
import type { SourceDeclaration } from '../sources/source-declaration.js';
import type { Source, SourceConnection, SourceConnector } from '../sources/source.js';
import { HeldBytes } from './held-bytes.js';
import { MllpConnection, type MllpHandling } from './mllp-connection.js';
import { maximumMessageBytes, MllpIntake } from './mllp-intake.js';
import { listenForMllp } from './mllp-server.js';
import type { MllpSettings } from './mllp-settings.js';
import { TlsMaterial } from './tls-material.js';

const MAXIMUM_HELD_BYTES = 128 * 1024 * 1024;
const DEFAULT_MESSAGE_TIMEOUT_SECONDS = 60;
/** One clock for all connections of a source: a timer each would cost more than it is worth. */
const EXPIRY_CHECK_MS = 500;

/** Listens for HL7 v2 messages over MLLP: one TCP port for each source, over TLS where it is declared so. */
@Injectable()
export class MllpConnector implements SourceConnector {
  readonly #held = new HeldBytes(MAXIMUM_HELD_BYTES);

  constructor(
    private readonly intake: IntakeQueue,
    private readonly keyring: PatientKeyring,
    private readonly metrics: IntakeMetrics,
    private readonly material: TlsMaterial,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  serves({ kind }: SourceDeclaration): boolean {
    return kind === 'mllp';
  }

  async open(source: Source): Promise<SourceConnection> {
    const { mllp } = source.declaration;
    if (mllp === undefined) throw new Failure('invalid', 'The declaration lacks the address to listen on');
    const connections = new Set<MllpConnection>();
    const handling = this.#handlingOf(source, mllp);
    const onConnection = (socket: Socket): void => {
      const connection = new MllpConnection(socket, handling);
      connections.add(connection);
      socket.once('close', () => connections.delete(connection));
    };
    const onRefused = (reason: string): void =>
      this.logger.warn({ source: source.id, reason }, 'connection refused');
    const server = await listenForMllp(source, mllp, this.material, { onConnection, onRefused });
    const clock = setInterval(() => {
      const now = performance.now();
      for (const connection of connections) connection.expire(now);
    }, EXPIRY_CHECK_MS);
    this.logger.info(
      { source: source.id, port: mllp.port, tls: mllp.tls !== undefined },
      'listening for MLLP',
    );
    return {
      close: async () => {
        const closed = server.close();
        await Promise.all([...connections].map((connection) => connection.close()));
        await closed;
        clearInterval(clock);
      },
    };
  }

  #handlingOf(source: Source, settings: MllpSettings): MllpHandling {
    const intake = new MllpIntake(source, this.intake, this.keyring, this.metrics, this.logger);
    const { messageTimeoutSeconds = DEFAULT_MESSAGE_TIMEOUT_SECONDS, idleTimeoutSeconds } = settings;
    return {
      maximumFrameBytes: maximumMessageBytes,
      held: this.#held,
      messageTimeoutMs: messageTimeoutSeconds * 1000,
      idleTimeoutMs: idleTimeoutSeconds === undefined ? undefined : idleTimeoutSeconds * 1000,
      handle: (event) => intake.handle(event),
      isBusy: () => this.intake.isBusy,
      whenReady: () => this.intake.whenReady(),
      onLost: (bytes) => this.logger.warn({ source: source.id, bytes }, 'connection closed within a message'),
      onExpired: (reason) => this.logger.warn({ source: source.id, reason }, 'connection closed'),
    };
  }
}
