import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { toAuditRecorded } from '@samenhang/audit';
import type { EventEnvelope } from '@samenhang/data-model';
import type { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import type { VerifiedIdentity } from '@samenhang/identity';
import type { BulkRefusal, PseudonymRecipient } from '@samenhang/oprf';
import { inTransactionUnder } from '@samenhang/persistence';
import { EVENT_LOG, LOGGER, ServiceEnvironment } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { Admission, type AdmissionRequest } from '../admission/admission.service.js';
import { CLOCK, type Clock } from '../anomaly/clock.js';
import { EvaluationService, type Evaluable } from '../evaluation/evaluation.service.js';
import { PseudonymisationConfiguration } from '../pseudonymisation.configuration.js';
import { BulkRefusalError } from './bulk-refusal.js';
import { readBulkRequest, type BulkRequest } from './bulk-request.js';
import { ClientKeyDirectory } from './client-keys.js';

type RequestEvent = EventEnvelope<'pseudonym.evaluation-requested'>;

const CLEANING_INTERVAL_MS = 3_600_000;

/** Evaluates what a caller asked for over the event log, under the rules of a request over HTTP. */
@Injectable()
export class BulkEvaluation implements OnApplicationBootstrap, OnApplicationShutdown {
  #cleaning: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly environment: ServiceEnvironment,
    private readonly configuration: PseudonymisationConfiguration,
    private readonly clients: ClientKeyDirectory,
    private readonly admission: Admission,
    private readonly evaluations: EvaluationService,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.#cleaning = setInterval(() => void this.#clean(), CLEANING_INTERVAL_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#cleaning);
  }

  /**
   * One sealed token an input. Use of the quotas, audit line and `jti` are committed before anything is evaluated.
   * @throws BulkRefusalError, audited
   */
  async evaluate(event: RequestEvent, transaction: Transaction): Promise<readonly string[]> {
    const request = await this.#read(event, transaction);
    const evaluable = await this.evaluations.find(request.evaluation);
    if (evaluable === undefined) {
      await this.#recordUnserved(transaction, request);
      throw new BulkRefusalError('unknown-recipient');
    }
    const refusal = await this.#admitOnce(event.id, request, evaluable);
    if (refusal !== undefined) throw new BulkRefusalError(refusal);
    const caller = { organisation: request.organisation, clientId: request.clientId };
    return this.evaluations.sealEach(request.evaluation, evaluable, caller);
  }

  async #read(event: RequestEvent, transaction: Transaction): Promise<BulkRequest> {
    const { requestId, request } = event.payload;
    try {
      return await readBulkRequest(request, {
        requestId,
        audience: this.environment.publicUrl,
        maximumInputs: this.configuration.batchSize,
        now: this.clock(),
        findClient: (clientId) => this.clients.find(clientId),
      });
    } catch (error) {
      if (error instanceof BulkRefusalError) await this.#recordUnproven(transaction, error.reason);
      throw error;
    }
  }

  /**
   * In a transaction of its own, so that the rows of the quotas are not held while points are evaluated. An event that is
   * delivered again, after a crash, finds its own `jti` and goes on without being counted twice; another event is a replay.
   */
  #admitOnce(
    eventId: string,
    request: BulkRequest,
    { recipient }: Evaluable,
  ): Promise<BulkRefusal | undefined> {
    const { jti, clientId, expiresAt } = request;
    return inTransactionUnder(this.dataSource, {}, async (transaction) => {
      const used = await transaction.query(
        `INSERT INTO bulk_request (client_id, jti, event_id, expires_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING RETURNING 1`,
        [clientId, jti, eventId, expiresAt],
      );
      const act = toAct(request, recipient);
      if (used.length === 0) return this.#repeated(transaction, eventId, request, act);
      const refusal = reasonOf(await this.admission.admitIn(transaction, act));
      if (refusal !== undefined)
        await transaction.query('UPDATE bulk_request SET refusal = $3 WHERE client_id = $1 AND jti = $2', [
          clientId,
          jti,
          refusal,
        ]);
      return refusal;
    });
  }

  async #repeated(
    transaction: Transaction,
    eventId: string,
    { clientId, jti }: BulkRequest,
    act: AdmissionRequest,
  ): Promise<BulkRefusal | undefined> {
    const [known] = await transaction.query<{ eventId: string; refusal: BulkRefusal | null }>(
      'SELECT event_id AS "eventId", refusal FROM bulk_request WHERE client_id = $1 AND jti = $2',
      [clientId, jti],
    );
    if (known?.eventId === eventId) return known.refusal ?? undefined;
    await this.admission.recordRefusal(transaction, act, 'replayed');
    return 'replayed';
  }

  async #recordUnserved(transaction: Transaction, request: BulkRequest): Promise<void> {
    const act = toAct(request, request.evaluation.recipient);
    await this.admission.recordRefusal(transaction, act, 'unknown-recipient');
  }

  /** Nobody is proven to have asked; the trail says that somebody tried. */
  async #recordUnproven(transaction: Transaction, reason: BulkRefusal): Promise<void> {
    await this.eventLog.publish(transaction, [
      toAuditRecorded({
        activity: 'evaluate',
        outcome: 'denied',
        who: { service: 'unproven' },
        observer: 'pseudonymisation',
        detail: { reasons: [reason] },
      }),
    ]);
  }

  async #clean(): Promise<void> {
    try {
      await this.dataSource.query(`DELETE FROM bulk_request WHERE expires_at < now() - interval '1 hour'`);
    } catch (error) {
      this.logger.warn({ error }, 'expired bulk requests could not be removed');
    }
  }
}

function toAct<Recipient extends PseudonymRecipient>(
  { jti, clientId, organisation, evaluation }: BulkRequest,
  recipient: Recipient,
): AdmissionRequest<Recipient> {
  // The signed request stands where over HTTP the access token does.
  const who: VerifiedIdentity = {
    clientId,
    scopes: new Set(['prs:evaluate']),
    organisation: { ura: organisation },
    tokenId: jti,
    accessToken: '',
  };
  return { who, caller: { organisation, clientId }, recipient, points: evaluation.points.length };
}

function reasonOf(refusal: Failure | undefined): BulkRefusal | undefined {
  if (refusal === undefined) return undefined;
  return refusal.kind === 'too-many' ? 'quota' : 'evaluation-for-oneself';
}
