import { Body, Controller, Header, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { recordAccess, type AccessEntry } from '@samenhang/audit';
import { findUra, identifierSystems, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import {
  Audience,
  findOwnPatient,
  Identity,
  RequireScopes,
  type PatientBinding,
  type VerifiedIdentity,
} from '@samenhang/identity';
import { findBsn, toPatientIdentifier, type Bsn } from '@samenhang/patient-identity';
import { inTransaction, statementByStatement } from '@samenhang/persistence';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { hashOf } from '../chain/chain-hash.js';
import { PatientKeys } from '../patient-keys.js';
import { readLogQuestion, type LogQuestion } from './log-question.js';
import { tellAccess, type RecordedAccess, type ToldAccess } from './tell-access.js';

export const PATIENT_BINDING = Symbol('audit.patient-binding');

interface LoggedRow {
  readonly sequence: number;
  readonly content: string;
  readonly hash: string;
  readonly previous_hash: string | null;
  readonly next_sequence: number | null;
  readonly next_content: string | null;
  readonly next_hash: string | null;
}

interface LogEntry extends ToldAccess {
  /** False when this line is no longer what was recorded, or its neighbour in the chain says so. */
  readonly intact: boolean;
}

export interface AccessLog {
  readonly custodian: Ura;
  readonly intact: boolean;
  readonly entries: readonly LogEntry[];
  /** Asks for what came before, when there is more. */
  readonly cursor?: string;
}

const PAGE = 100;
const FIRST_HASH = '0'.repeat(64);

/**
 * Who looked at a patient's data at a care provider, for that patient to read (NEN 7513; EHDS, article 9). The token says
 * whose log it is; a request cannot ask for another's. Looking at it is in it.
 */
@Controller('tenants/:ura/access-log')
@Audience((publicUrl, { ura }) => `${publicUrl}/tenants/${ura}`)
export class AccessLogController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly patients: PatientKeys,
    @Inject(PATIENT_BINDING) private readonly binding: () => Pick<PatientBinding, 'open'>,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
  ) {}

  @Post()
  @HttpCode(200)
  @RequireScopes('audit:own')
  @Header('cache-control', 'no-store')
  async read(
    @Param('ura') ura: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<AccessLog> {
    const custodian = findUra(ura);
    if (custodian === undefined) throw new Failure('not-found', 'There is no log of that care provider');
    const entry = (outcome: AccessEntry['outcome'], patient?: Bsn): AccessEntry => ({
      activity: 'audit-read',
      outcome,
      who: identity,
      custodian,
      ...(patient === undefined ? {} : { patient: toPatientIdentifier(patient) }),
      detail: { resourceTypes: ['AuditEvent'] },
      observer: 'audit',
    });
    const patient = this.#findCitizen(identity);
    if (patient === undefined) {
      await recordAccess(this.eventLog, statementByStatement(this.dataSource), entry('denied'));
      throw new Failure('forbidden', 'A log is for the patient whom it is about');
    }
    const question = readLogQuestion(body);
    return inTransaction(this.dataSource, async (transaction) => {
      const rows = await this.#find(transaction, custodian, patient, question);
      await recordAccess(this.eventLog, transaction, entry('success', patient));
      return toLog(custodian, rows, question);
    });
  }

  /** Who asks for their own data by a token that is for nobody else. */
  #findCitizen(identity: VerifiedIdentity): Bsn | undefined {
    const own = findOwnPatient(identity, this.binding);
    return own?.system === identifierSystems.bsn ? findBsn(own.value) : undefined;
  }

  /** With its neighbours in the chain, to see whether it is still what was recorded. */
  #find(
    transaction: Transaction,
    stream: Ura,
    patient: Bsn,
    { from, until, before }: LogQuestion,
  ): Promise<LoggedRow[]> {
    return transaction.query<LoggedRow>(
      `SELECT e.sequence, e.content, e.hash, p.hash AS previous_hash,
              n.sequence AS next_sequence, n.content AS next_content, n.hash AS next_hash
         FROM audit_event e
         LEFT JOIN audit_event p ON p.stream = e.stream AND p.sequence = e.sequence - 1
         LEFT JOIN audit_event n ON n.stream = e.stream AND n.sequence = e.sequence + 1
        WHERE e.stream = $1 AND e.patient_key = $2 AND e.recorded_at >= $3 AND e.recorded_at < $4
          AND e.sequence < $5
        ORDER BY e.sequence DESC LIMIT $6`,
      [stream, this.patients.keyOf(patient), from, until, before ?? Number.MAX_SAFE_INTEGER, PAGE + 1],
    );
  }
}

function toLog(custodian: Ura, rows: readonly LoggedRow[], { language }: LogQuestion): AccessLog {
  const page = rows.slice(0, PAGE);
  const entries = page.map((row) => ({
    ...tellAccess(JSON.parse(row.content) as RecordedAccess, language),
    intact: isIntact(custodian, row),
  }));
  const last = rows.length > page.length ? page.at(-1) : undefined;
  return {
    custodian,
    intact: entries.every(({ intact }) => intact),
    entries,
    ...(last === undefined ? {} : { cursor: String(last.sequence) }),
  };
}

/** Follows from what is before it, and is followed by what is after it: one that was rewritten with its hash breaks the next. */
function isIntact(stream: string, row: LoggedRow): boolean {
  const previous = row.sequence === 1 ? FIRST_HASH : row.previous_hash;
  if (previous === null || hashOf(stream, row.sequence, row.content, previous) !== row.hash) return false;
  const { next_sequence: sequence, next_content: content } = row;
  return (
    sequence === null || content === null || hashOf(stream, sequence, content, row.hash) === row.next_hash
  );
}
