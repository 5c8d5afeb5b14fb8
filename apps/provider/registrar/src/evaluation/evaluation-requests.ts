import { Inject, Injectable } from '@nestjs/common';
import type { Ura } from '@samenhang/data-model';
import type { EventLog } from '@samenhang/event-log';
import { BulkEvaluations } from '@samenhang/localisation';
import type { Bsn } from '@samenhang/patient-identity';
import { inTransaction } from '@samenhang/persistence';
import { EVENT_LOG, LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { BsnSeal } from '../desired-state/bsn-seal.js';
import { nameOf } from '../desired-state/desired-state.js';
import { RegistrarConfiguration } from '../registrar.configuration.js';
import { pauseSecondsAfter } from './evaluation-pause.js';
import { nameOfEvaluation } from './evaluation-row.js';
import { EvaluationStore, type UnaskedPatient } from './evaluation-store.js';

/** Asks for evaluations over the event log when there are many: at an initial load, or when a long backlog is caught up with. */
@Injectable()
export class EvaluationRequests {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: EvaluationStore,
    private readonly evaluations: BulkEvaluations,
    private readonly seal: BsnSeal,
    private readonly configuration: RegistrarConfiguration,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @returns how many requests were made */
  async askWhenMany(): Promise<number> {
    const { bulkEvaluationThreshold: threshold, bulkEvaluationOutstanding: most } = this.configuration;
    let requests = 0;
    if (threshold === 0) return requests;
    for (const { tenant, unasked, outstanding } of await this.store.workload(threshold))
      requests += await this.#askFor(tenant, Math.min(unasked, most - outstanding));
    return requests;
  }

  /** Lets go what was not answered, or not used in time. */
  async release(): Promise<void> {
    for (const requestId of await this.store.findUnanswered()) {
      this.logger.warn('evaluations over the event log were not answered in time: they go over HTTP');
      await inTransaction(this.dataSource, (transaction) =>
        this.store.refuse(
          transaction,
          requestId,
          'unanswered',
          pauseSecondsAfter('unanswered', undefined, 0),
        ),
      );
    }
    await this.store.dropExpired();
  }

  async #askFor(tenant: Ura, maximum: number): Promise<number> {
    if (maximum <= 0) return 0;
    const unasked = await this.store.findUnasked(tenant, maximum);
    const patients = unasked.flatMap((patient) => {
      const bsn = this.#findBsn(tenant, patient);
      return bsn === undefined ? [] : [{ patientKey: patient.patientKey, bsn }];
    });
    await this.#setUnreadableAside(tenant, unasked, patients);
    const { bulkEvaluationSize: size } = this.configuration;
    const requests = Math.ceil(patients.length / size);
    for (let start = 0; start < patients.length; start += size)
      await this.#ask(tenant, patients.slice(start, start + size));
    this.logger.info(
      { tenant, requests, patients: patients.length },
      'asked for evaluations over the event log',
    );
    return requests;
  }

  async #ask(
    tenant: Ura,
    patients: readonly (Pick<UnaskedPatient, 'patientKey'> & { readonly bsn: Bsn })[],
  ): Promise<void> {
    const { payload, blindFactors } = this.evaluations.ask(
      tenant,
      patients.map(({ bsn }) => bsn),
    );
    const { requestId } = payload;
    const persons = blindFactors.flatMap((factor, index) => {
      const patientKey = patients[index]?.patientKey;
      if (patientKey === undefined) return [];
      const sealedFactor = this.seal.sealBytes(factor, nameOfEvaluation(tenant, patientKey, requestId));
      return [{ patientKey, sealedFactor }];
    });
    const holdsForSeconds = this.configuration.bulkEvaluationTimeoutSeconds;
    await inTransaction(this.dataSource, async (transaction) => {
      await this.store.add(transaction, { requestId, tenant, holdsForSeconds, persons });
      await this.eventLog.publish(transaction, [
        { type: 'pseudonym.evaluation-requested', key: requestId, tenant, payload },
      ]);
    });
  }

  /** A BSN that cannot be unsealed needs an operator, and must not keep its care provider's others waiting. */
  async #setUnreadableAside(
    tenant: Ura,
    unasked: readonly UnaskedPatient[],
    patients: readonly Pick<UnaskedPatient, 'patientKey'>[],
  ): Promise<void> {
    if (patients.length === unasked.length) return;
    const readable = new Set(patients.map(({ patientKey }) => patientKey));
    const aside = unasked.map(({ patientKey }) => patientKey).filter((key) => !readable.has(key));
    this.logger.error({ tenant, patients: aside.length }, 'numbers of patients cannot be unsealed');
    await this.store.setAside(tenant, aside);
  }

  #findBsn(tenant: Ura, { patientKey, category, sealedBsn }: UnaskedPatient): Bsn | undefined {
    try {
      return this.seal.open(sealedBsn, nameOf({ tenant, patientKey, category }));
    } catch {
      return undefined;
    }
  }
}
