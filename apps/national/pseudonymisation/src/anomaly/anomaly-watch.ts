import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { toAuditRecorded } from '@samenhang/audit';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { inTransactionUnder } from '@samenhang/persistence';
import { EVENT_LOG, LOGGER, METRICS } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { PseudonymisationConfiguration } from '../pseudonymisation.configuration.js';
import { anomalySettingsOf } from './anomaly-settings.js';
import { readBaseline, readHour } from './caller-activity.js';
import { CLOCK, type Clock } from './clock.js';
import { findAnomalies, type Anomaly, type CallerHour } from './find-anomalies.js';

type Raised = Anomaly & Pick<CallerHour, 'organisation' | 'clientId'>;

/**
 * Looks at intervals whether a caller does what it never did before, and raises an alarm: a metric, a warning in the log
 * and an entry in the audit trail, once per caller, kind and hour whatever the number of instances. It refuses nobody: a
 * hospital's first load looks like this too, and the quotas bound what there is to lose meanwhile.
 */
@Injectable()
export class AnomalyWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #raised: Counter<'kind'>;
  #watching: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly configuration: PseudonymisationConfiguration,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) metrics: Registry,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.#raised = new Counter({
      name: 'samenhang_evaluation_anomalies_total',
      help: 'Callers whose use of evaluations was out of the ordinary, by kind, once an hour each',
      labelNames: ['kind'],
      registers: [metrics],
    });
  }

  onApplicationBootstrap(): void {
    const interval = this.configuration.anomalyWatchSeconds * 1_000;
    this.#watching = setInterval(() => void this.#lookAndTell(), interval).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#watching);
  }

  /** The present hour, and in its first minutes the one before as well. */
  async look(): Promise<readonly Raised[]> {
    const now = this.clock();
    const before = new Date(now.getTime() - 2_000 * this.configuration.anomalyWatchSeconds);
    const raised = await inTransactionUnder(this.dataSource, {}, async (transaction) => {
      const hours = [...(await readHour(transaction, now))];
      if (before.getUTCHours() !== now.getUTCHours()) hours.push(...(await readHour(transaction, before)));
      const found: Raised[] = [];
      for (const hour of hours) found.push(...(await this.#raise(transaction, hour)));
      await this.#forget(transaction, now);
      return found;
    });
    for (const { kind, organisation, clientId, observed, usual, recipient } of raised) {
      this.#raised.inc({ kind });
      this.logger.warn({ kind, organisation, clientId, observed, usual, recipient }, 'evaluation anomaly');
    }
    return raised;
  }

  async #raise(transaction: Transaction, hour: CallerHour): Promise<Raised[]> {
    const settings = anomalySettingsOf(this.configuration);
    const baseline = await readBaseline(transaction, hour, this.configuration.anomalyHistoryDays, settings);
    const { organisation, clientId } = hour;
    const raised: Raised[] = [];
    for (const anomaly of findAnomalies(hour, baseline, settings)) {
      const fresh = await transaction.query(
        `INSERT INTO raised_anomaly (organisation, client_id, kind, recipient, hour) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING RETURNING 1`,
        [organisation, clientId, anomaly.kind, anomaly.recipient ?? '', hour.hour],
      );
      if (fresh.length > 0) raised.push({ ...anomaly, organisation, clientId });
    }
    await this.eventLog.publish(transaction, raised.map(toAlarm));
    return raised;
  }

  async #forget(transaction: Transaction, now: Date): Promise<void> {
    const days = this.configuration.anomalyHistoryDays + 1;
    for (const table of ['caller_activity', 'raised_anomaly'])
      await transaction.query(
        `DELETE FROM ${table} WHERE hour < $1::timestamptz - make_interval(days => $2)`,
        [now, days],
      );
  }

  async #lookAndTell(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      this.logger.warn({ error }, 'callers could not be watched for anomalies');
    }
  }
}

function toAlarm({
  kind,
  organisation,
  clientId,
  observed,
  usual,
  recipient,
}: Raised): ReturnType<typeof toAuditRecorded> {
  const query = new URLSearchParams({
    organisation,
    client: clientId,
    observed: String(Math.round(observed)),
    usual: String(Math.round(usual)),
    ...(recipient === undefined ? {} : { recipient }),
  });
  return toAuditRecorded({
    activity: 'alarm',
    outcome: 'success',
    who: { service: 'pseudonymisation' },
    observer: 'pseudonymisation',
    detail: { query: query.toString(), reasons: [`evaluation-anomaly:${kind}`] },
  });
}
