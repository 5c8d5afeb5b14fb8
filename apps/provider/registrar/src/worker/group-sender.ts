import { Injectable } from '@nestjs/common';
import type { DataCategory } from '@samenhang/data-model';
import type { BulkOutcome, EvaluatedPatient, PatientChange } from '@samenhang/localisation';
import { decodeScalar } from '@samenhang/oprf';
import { BsnSeal } from '../desired-state/bsn-seal.js';
import { nameOf } from '../desired-state/desired-state.js';
import { nameOfEvaluation } from '../evaluation/evaluation-row.js';
import { RegistrarConfiguration } from '../registrar.configuration.js';
import { IndexClient } from './index-client.js';
import type { PatientGroup } from './patient-group.js';
import type { PendingPatient } from './pending-store.js';

/** A group with what its request needs; those whose BSN or blind factor cannot be unsealed stand apart. */
export interface OpenedGroup {
  readonly group: PatientGroup;
  readonly unreadable: PatientGroup;
  readonly send: () => Promise<BulkOutcome>;
}

/** Unseals what a request is made of, and sends it: with evaluations that are there already, or with new ones. */
@Injectable()
export class GroupSender {
  constructor(
    private readonly seal: BsnSeal,
    private readonly client: IndexClient,
    private readonly configuration: RegistrarConfiguration,
  ) {}

  /** @param group in which all are evaluated, or none is */
  open(group: PatientGroup): OpenedGroup {
    const { registrationSource: sourceId } = this.configuration;
    const { tenant } = group;
    const request = { custodian: tenant, sourceId };
    if (group.patients.some(({ evaluation }) => evaluation !== undefined)) {
      const opened = split(group, (patient) => this.#findEvaluated(patient));
      return { ...opened, send: () => this.client.changeEvaluated({ ...request, patients: opened.changes }) };
    }
    const opened = split(group, (patient) => this.#findChange(patient));
    return { ...opened, send: () => this.client.changeMany({ ...request, patients: opened.changes }) };
  }

  #findChange(patient: PendingPatient): PatientChange | undefined {
    const [first] = patient.changes;
    if (first === undefined) return undefined;
    const bsn = this.seal.open(first.sealedBsn, nameOf({ ...patient, category: first.category }));
    return { bsn, ...categoriesOf(patient) };
  }

  #findEvaluated(patient: PendingPatient): EvaluatedPatient | undefined {
    const { tenant, patientKey, evaluation } = patient;
    if (evaluation === undefined) return undefined;
    const { requestId, sealedFactor, token: evaluatedOutput } = evaluation;
    const factor = this.seal.openBytes(sealedFactor, nameOfEvaluation(tenant, patientKey, requestId));
    return { evaluation: { evaluatedOutput, blindFactor: decodeScalar(factor) }, ...categoriesOf(patient) };
  }
}

function categoriesOf({ changes }: PendingPatient): Pick<PatientChange, 'register' | 'deregister'> {
  const categories = (desired: boolean): DataCategory[] =>
    changes.filter((change) => change.desired === desired).map((change) => change.category);
  return { register: categories(true), deregister: categories(false) };
}

/** Apart from those of whom `open` makes nothing. */
function split<Change>(
  { tenant, patients }: PatientGroup,
  open: (patient: PendingPatient) => Change | undefined,
): { group: PatientGroup; unreadable: PatientGroup; changes: Change[] } {
  const readable: PendingPatient[] = [];
  const unreadable: PendingPatient[] = [];
  const changes: Change[] = [];
  for (const patient of patients) {
    const change = findOrNothing(() => open(patient));
    if (change === undefined) {
      unreadable.push(patient);
      continue;
    }
    readable.push(patient);
    changes.push(change);
  }
  return { group: { tenant, patients: readable }, unreadable: { tenant, patients: unreadable }, changes };
}

/** What was sealed under another key, or for another row, is as good as not there. */
function findOrNothing<T>(find: () => T | undefined): T | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}
