import { Inject, Injectable } from '@nestjs/common';
import { recordAccess, type AccessEntry } from '@samenhang/audit';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { inTransactionUnder, statementByStatement } from '@samenhang/persistence';
import type { PermitTerms, PermitVerifier, RunLine } from '@samenhang/secondary-use';
import { EVENT_LOG } from '@samenhang/service-kit';
import type { ViewPlan } from '@samenhang/sql-on-fhir';
import { jsonCells, tableFile } from '@samenhang/table-files';
import { DataSource } from 'typeorm';
import type { Tenant } from '../holder-api/tenants.js';
import { CitizenNumberVault } from '../patients/citizen-number-vault.js';
import { RecordConfiguration } from '../record.configuration.js';
import { inTenant } from '../storage/tenant-fence.js';
import { findPersons, type EligiblePerson } from './eligible-persons.js';
import { permittedSource } from './permitted-source.js';
import { PermitPolicy } from './permit-policy.js';
import { planSettings } from './plan-settings.js';
import { ProjectPseudonyms, pseudonymBatch } from './project-pseudonyms.js';
import { fingerprintOf, planPermitted, type RunRequest } from './run-request.js';
import { tableColumnsOf, type TableForm } from './table-form.js';
import { OBJECTION_REGISTERS, PERMIT_VERIFIER, type ObjectionRegisters } from './tokens.js';
import { viewStatement } from './view-statement.js';
import type { SecondaryCaller } from './secondary-callers.js';
import { fetchRows, type PersonRow } from './view-rows.js';

interface Work {
  readonly caller: SecondaryCaller;
  readonly terms: PermitTerms;
  readonly plan: ViewPlan;
  readonly sql: string;
  readonly persons: readonly EligiblePerson[];
  readonly table: TableForm | undefined;
  readonly limit: number | undefined;
}

/**
 * Views over the data of one holder. In this order: permit, audit, objections, and only then data, which is generalised and
 * without names before it leaves the database.
 */
@Injectable()
export class ViewRunService {
  /** Of each holder: one node keeps the data of several. */
  readonly #running = new Map<string, number>();

  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    private readonly vault: CitizenNumberVault,
    private readonly pseudonyms: ProjectPseudonyms,
    private readonly configuration: RecordConfiguration,
    @Inject(PERMIT_VERIFIER) private readonly permits: () => PermitVerifier,
    private readonly policy: PermitPolicy,
    @Inject(OBJECTION_REGISTERS) private readonly objections: ObjectionRegisters,
  ) {}

  /** What it throws, it throws before the first line; an answer that breaks off has no last line. */
  async run(caller: SecondaryCaller, request: RunRequest): Promise<AsyncGenerator<string | Uint8Array>> {
    const { terms, plan, sql } = await this.#admit(caller, request);
    if ((this.#running.get(caller.tenant.ura) ?? 0) >= this.configuration.secondaryUseConcurrency)
      throw new Failure('too-many', 'This holder runs as many views as it wants to', {
        retryAfterSeconds: 5,
      });
    this.#count(caller.tenant, 1);
    try {
      const persons = await this.#eligible(caller.tenant, terms);
      const { table, limit } = request;
      const answer = this.#answer({ caller, terms, plan, sql, persons, table, limit });
      // Begun here: what is begun is also ended when nobody comes for its lines.
      await answer.next();
      return answer;
    } catch (error) {
      this.#count(caller.tenant, -1);
      throw error;
    }
  }

  #count({ ura }: Tenant, by: 1 | -1): void {
    this.#running.set(ura, (this.#running.get(ura) ?? 0) + by);
  }

  /** Every attempt is in the trail under its permit before anything is looked at. */
  async #admit(
    caller: SecondaryCaller,
    { view, permit }: RunRequest,
  ): Promise<Pick<Work, 'terms' | 'plan' | 'sql'>> {
    let terms: PermitTerms | undefined;
    try {
      terms = this.permits().verify(permit, { holder: caller.base, request: view });
      const { plan, dataset } = planPermitted(view, terms);
      const sql = viewStatement(plan, permittedSource(dataset, terms, 'permitted'));
      const reasons = this.policy.require(caller.identity, terms, [plan.resourceType]);
      await this.#record(caller, entryOf(view, terms, plan.resourceType), 'success', reasons);
      return { terms, plan, sql };
    } catch (error) {
      const reason = error instanceof Failure ? error.kind : 'internal';
      await this.#record(caller, entryOf(view, terms), 'denied', [`secondary_use_${reason}`]);
      throw error;
    }
  }

  async #eligible(tenant: Tenant, terms: PermitTerms): Promise<EligiblePerson[]> {
    const persons = await inTenant(this.dataSource, tenant.ura, (transaction) =>
      findPersons(transaction, tenant.ura, terms, this.vault),
    );
    const objectors = await this.objections(tenant.ura).whoObjects(persons.map(({ bsn }) => bsn));
    return persons.filter(({ bsn }) => !objectors.has(bsn));
  }

  async *#answer(work: Work): AsyncGenerator<string | Uint8Array> {
    try {
      yield '';
      yield* work.table === undefined ? this.#lines(work) : this.#file(work, work.table);
    } finally {
      this.#count(work.caller.tenant, -1);
    }
  }

  /** Persons are called by keys that mean nothing outside this file. */
  #file(work: Work, { format, header }: TableForm): AsyncGenerator<string | Uint8Array> {
    const table = { columns: tableColumnsOf(work.plan.columns), rows: this.#cells(work) };
    return tableFile(table, format, { header });
  }

  /** @throws Failure('too-large') where it would end before its rows do: a file cannot say that it is not whole */
  async *#cells(work: Work): AsyncGenerator<string[][]> {
    const parts = this.#parts(work);
    try {
      for (;;) {
        const next = await parts.next();
        if (next.done !== true) yield next.value.map(({ cells }) => jsonCells(cells));
        else if (next.value && (work.limit ?? Infinity) > this.configuration.secondaryUseMaximumRows)
          throw new Failure('too-large', 'The view has more rows than a holder gives at once');
        else return;
      }
    } finally {
      await parts.return(true);
    }
  }

  async *#lines(work: Work): AsyncGenerator<string> {
    yield lineOf({ columns: work.plan.columns.map(toColumn) });
    yield* this.#rows(work);
  }

  async *#rows(work: Work): AsyncGenerator<string> {
    const { caller, terms, persons } = work;
    const { tenant } = caller;
    const byKey = new Map(persons.map((person) => [person.key, person]));
    const told = new Set<string>();
    const parts = this.#parts(work);
    let rows = 0;
    try {
      for (;;) {
        const next = await parts.next();
        if (next.done === true) {
          yield lineOf({ end: { rows, truncated: next.value } });
          return;
        }
        const fresh = [...new Set(next.value.map(({ person }) => person))].filter((key) => !told.has(key));
        for (let start = 0; start < fresh.length; start += pseudonymBatch) {
          const batch = fresh.slice(start, start + pseudonymBatch).flatMap((key) => byKey.get(key) ?? []);
          yield lineOf({ persons: await this.pseudonyms.evaluate(batch, tenant.ura, terms.recipient) });
        }
        for (const key of fresh) told.add(key);
        for (const { cells } of next.value) yield `{"row":${cells}}\n`;
        rows += next.value.length;
      }
    } finally {
      // Also when the caller hangs up, or the pseudonyms cannot be had: the transaction does not stay open.
      await parts.return(true);
    }
  }

  async *#parts({
    caller: { tenant },
    sql,
    persons,
    limit,
  }: Work): AsyncGenerator<readonly PersonRow[], boolean> {
    const keys = persons.flatMap((person) =>
      person.patientKeys.map((patientKey) => ({ patientKey, person })),
    );
    const values = [
      tenant.ura,
      keys.map(({ patientKey }) => patientKey),
      keys.map(({ person }) => person.key),
      keys.map(({ person }) => person.shiftDays),
    ];
    const { secondaryUseMaximumRows: most, secondaryUseMaximumSeconds: maximumSeconds } = this.configuration;
    const maximumRows = Math.min(most, limit ?? most);
    const open = await openReading(this.dataSource, tenant, maximumSeconds);
    try {
      return yield* fetchRows(open.transaction, { sql, values }, { maximumRows, maximumSeconds });
    } finally {
      await open.close();
    }
  }

  #record(
    { tenant, identity }: SecondaryCaller,
    entry: Pick<AccessEntry, 'activity' | 'detail'>,
    outcome: AccessEntry['outcome'],
    reasons: readonly string[],
  ): Promise<void> {
    return recordAccess(this.eventLog, statementByStatement(this.dataSource), {
      activity: entry.activity,
      outcome,
      who: identity,
      custodian: tenant.ura,
      detail: { ...entry.detail, reasons },
      observer: 'record',
    });
  }
}

function entryOf(
  view: unknown,
  terms: PermitTerms | undefined,
  resourceType?: string,
): Pick<AccessEntry, 'activity' | 'detail'> {
  const permit = terms === undefined ? 'none' : terms.permitId;
  return {
    activity: 'query',
    detail: {
      ...(resourceType === undefined ? {} : { resourceTypes: [resourceType] }),
      query: `ViewDefinition/$run?permit=${permit}&view=${fingerprintOf(view)}`,
    },
  };
}

function lineOf(line: RunLine): string {
  return `${JSON.stringify(line)}\n`;
}

function toColumn({ name, type, isCollection }: ViewPlan['columns'][number]) {
  return {
    name,
    ...(type === undefined ? {} : { type }),
    ...(isCollection ? { collection: true as const } : {}),
  };
}

/** A transaction that only reads, of one tenant, held open until it is closed: what is read of it is a stream. */
async function openReading(
  dataSource: DataSource,
  tenant: Tenant,
  seconds: number,
): Promise<{ transaction: Transaction; close: () => Promise<void> }> {
  const opened = Promise.withResolvers<Transaction>();
  const closed = Promise.withResolvers<void>();
  const done = inTransactionUnder(
    dataSource,
    {
      'samenhang.tenant': tenant.ura,
      ...planSettings,
      transaction_read_only: 'on',
      statement_timeout: `${seconds}s`,
      idle_in_transaction_session_timeout: `${2 * seconds}s`,
    },
    async (transaction) => {
      opened.resolve(transaction);
      await closed.promise;
    },
  );
  done.catch(opened.reject);
  const transaction = await opened.promise;
  return {
    transaction,
    close: async () => {
      closed.resolve();
      // A statement that failed or was cancelled has rolled it back; what was read of it stands or was reported.
      await done.catch(() => {});
    },
  };
}
