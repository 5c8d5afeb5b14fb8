import { createHmac, randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { inTransactionUnder, statementByStatement } from '@samenhang/persistence';
import type { Bsn } from '@samenhang/patient-identity';
import type { PermitTerms, PermitVerifier } from '@samenhang/secondary-use';
import { EVENT_LOG, LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { CitizenNumberVault } from '../../patients/citizen-number-vault.js';
import { RecordConfiguration } from '../../record.configuration.js';
import { inTenant } from '../../storage/tenant-fence.js';
import { findPersons } from '../eligible-persons.js';
import { permittedSource } from '../permitted-source.js';
import { planSettings } from '../plan-settings.js';
import { OBJECTION_REGISTERS, PERMIT_VERIFIER, type ObjectionRegisters } from '../tokens.js';
import type { SecondaryCaller } from '../view-run.service.js';
import { planExport, type ExportedType, type ExportRequest } from './export-request.js';
import {
  addPart,
  endExport,
  findExport,
  findPart,
  insertExport,
  listParts,
  listRunning,
  nextType,
  removeExpired,
  removeExport,
  type Export,
  type ExportPart,
} from './export-store.js';

const LIFETIME_MS = 24 * 60 * 60 * 1000;
const STATEMENT_SECONDS = 120;
const KEY = /\b[\da-f]{32}\b/g;

interface Member {
  readonly key: string;
  readonly bsn: Bsn;
  readonly patientKeys: readonly number[];
  readonly shiftDays: number;
}

/**
 * FHIR Bulk Data under permits. Each part is committed with how far it goes: an export that was killed goes on behind its last
 * part. Persons are called the same within one export, and otherwise in every other.
 */
@Injectable()
export class ExportService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #working = new Set<Promise<void>>();
  #closing = false;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly vault: CitizenNumberVault,
    private readonly configuration: RecordConfiguration,
    @Inject(PERMIT_VERIFIER) private readonly permits: () => PermitVerifier,
    @Inject(OBJECTION_REGISTERS) private readonly objections: ObjectionRegisters,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const running = await inTransactionUnder(
      this.dataSource,
      { 'samenhang.tenant': '*' },
      async (transaction) => {
        await removeExpired(transaction);
        return listRunning(transaction);
      },
    );
    for (const { id, tenant } of running) this.#start(id, tenant);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#closing = true;
    await Promise.allSettled(this.#working);
  }

  /** @returns the id of the export */
  async begin(caller: SecondaryCaller, request: ExportRequest, permit: string): Promise<string> {
    let terms: PermitTerms | undefined;
    try {
      terms = this.permits().verify(permit, { holder: caller.base, request });
      planExport(request, terms);
    } catch (error) {
      await this.#record(caller, `$export?permit=${terms?.permitId ?? 'none'}`, 'denied');
      throw error;
    }
    const { ura: tenant } = caller.tenant;
    const id = randomUUID();
    const expiresAt = new Date(Date.now() + LIFETIME_MS);
    await this.#record(caller, `$export?permit=${terms.permitId}&export=${id}`, 'success');
    const kept = { id, tenant, client: clientOf(caller), terms, request, expiresAt };
    await inTenant(this.dataSource, tenant, (transaction) => insertExport(transaction, kept));
    this.#start(id, tenant);
    return id;
  }

  /** @throws Failure('not-found') also for what another client asked for */
  async status(caller: SecondaryCaller, id: string): Promise<{ export: Export; parts: ExportPart[] }> {
    return inTenant(this.dataSource, caller.tenant.ura, async (transaction) => ({
      export: await this.#own(transaction, caller, id),
      parts: await listParts(transaction, id),
    }));
  }

  async cancel(caller: SecondaryCaller, id: string): Promise<void> {
    await inTenant(this.dataSource, caller.tenant.ura, async (transaction) => {
      await this.#own(transaction, caller, id);
      await removeExport(transaction, id);
    });
  }

  /** A file, without those who object since it was made. */
  async part(caller: SecondaryCaller, id: string, part: number): Promise<string> {
    const { ura } = caller.tenant;
    const [found, body] = await inTenant(this.dataSource, ura, async (transaction) => [
      await this.#own(transaction, caller, id),
      await findPart(transaction, id, part),
    ]);
    if (body === undefined || found.status !== 'done') throw notFound();
    await this.#record(caller, `$export?permit=${found.terms.permitId}&export=${id}&part=${part}`, 'success');
    const members = new Set((await this.#members(found)).map(({ key }) => key));
    const all = new Set((await this.#everyone(found)).map(({ key }) => key));
    return body
      .split(/(?<=\n)/)
      .filter((line) => [...line.matchAll(KEY)].every(([key]) => !all.has(key) || members.has(key)))
      .join('');
  }

  #start(id: string, tenant: Ura): void {
    const work = this.#make(id, tenant).catch((error: unknown) => {
      this.logger.error({ error, export: id }, 'an export could not be made');
    });
    this.#working.add(work);
    void work.finally(() => this.#working.delete(work));
  }

  async #make(id: string, tenant: Ura): Promise<void> {
    let members: Member[] | undefined;
    for (;;) {
      if (this.#closing) return;
      const found = await inTenant(this.dataSource, tenant, (transaction) => findExport(transaction, id));
      if (found?.status !== 'running') return;
      try {
        members ??= await this.#members(found);
        await this.#step(found, members);
      } catch (error) {
        if (this.#closing) return;
        const problem = error instanceof Failure ? error.message : 'Something went wrong on our side';
        await inTenant(this.dataSource, tenant, (transaction) =>
          endExport(transaction, id, 'failed', problem),
        );
        throw error;
      }
    }
  }

  /** One part, or the step to the next type. Of several instances one makes it. */
  async #step({ id, tenant, terms, request }: Export, members: readonly Member[]): Promise<void> {
    const statement_timeout = `${STATEMENT_SECONDS}s`;
    const settings = { ...planSettings, 'samenhang.tenant': tenant, statement_timeout };
    await inTransactionUnder(this.dataSource, settings, async (transaction) => {
      const locked = await findExport(transaction, id, true);
      if (locked?.status !== 'running') return;
      const wanted = planExport(request, terms)[locked.place];
      if (wanted === undefined) return endExport(transaction, id, 'done');
      const limit = this.configuration.secondaryUseFileResources;
      const ids = await nextIds(transaction, locked, wanted, limit);
      const lastId = ids.at(-1);
      if (lastId !== undefined) {
        const lines = await readPart(transaction, locked, wanted, members, lastId);
        await addPart(transaction, locked, { type: wanted.dataset.type, lines, lastId });
      }
      if (ids.length < limit) await nextType(transaction, locked);
    });
  }

  /** Who takes part now. */
  async #members(found: Export): Promise<Member[]> {
    const everyone = await this.#everyone(found);
    const objecting = await this.objections(found.tenant).whoObjects(everyone.map(({ bsn }) => bsn));
    return everyone.filter(({ bsn }) => !objecting.has(bsn));
  }

  async #everyone({ id, tenant, terms }: Export): Promise<Member[]> {
    const persons = await inTenant(this.dataSource, tenant, (transaction) =>
      findPersons(transaction, tenant, terms, this.vault),
    );
    return persons.map((person) => ({ ...person, key: keyOf(person.bsn, id, terms) }));
  }

  async #own(transaction: Transaction, caller: SecondaryCaller, id: string): Promise<Export> {
    const found = await findExport(transaction, id);
    if (found === undefined || found.client !== clientOf(caller)) throw notFound();
    return found;
  }

  #record(
    { tenant, identity }: SecondaryCaller,
    query: string,
    outcome: 'success' | 'denied',
  ): Promise<void> {
    return recordAccess(this.eventLog, statementByStatement(this.dataSource), {
      activity: 'query',
      outcome,
      who: identity,
      custodian: tenant.ura,
      detail: { query, reasons: [outcome === 'success' ? 'permit_in_force' : 'secondary_use_forbidden'] },
      observer: 'record',
    });
  }
}

/** Which resources are next, whoever they are of: looked up in the order of the primary key, so that no part costs more than another. */
async function nextIds(
  transaction: Transaction,
  { tenant, afterId }: Export,
  { dataset, where }: ExportedType,
  limit: number,
): Promise<string[]> {
  const conditions = ['r.tenant = $1', 'r.type = $2', 'NOT r.deleted', 'r.id > $3', ...where].join(' AND ');
  const rows = await transaction.query<{ id: string }>(
    `SELECT r.id FROM resource r WHERE ${conditions} ORDER BY r.id LIMIT $4`,
    [tenant, dataset.type, afterId ?? '', limit],
  );
  return rows.map(({ id }) => id);
}

async function readPart(
  transaction: Transaction,
  { tenant, terms, afterId }: Export,
  { dataset, where }: ExportedType,
  members: readonly Member[],
  lastId: string,
): Promise<string[]> {
  const keys = members.flatMap((member) => member.patientKeys.map((patientKey) => ({ patientKey, member })));
  const source = permittedSource(dataset, terms, 'permitted', { where, after: '$5', upTo: '$6' });
  const rows = await transaction.query<{ resource: string }>(
    `SELECT permitted.resource::text AS resource FROM ${source} ORDER BY permitted.stored_id`,
    [
      tenant,
      keys.map(({ patientKey }) => patientKey),
      keys.map(({ member }) => member.key),
      keys.map(({ member }) => member.shiftDays),
      afterId ?? '',
      lastId,
    ],
  );
  return rows.map(({ resource }) => `${resource}\n`);
}

/** The same whenever a part of this export is made, and no other export's. */
function keyOf(bsn: Bsn, id: string, { secret }: PermitTerms): string {
  const key = Buffer.from(secret, 'base64url');
  return createHmac('sha256', key).update(`export ${id} ${bsn}`).digest('hex').slice(0, 32);
}

function clientOf({ identity }: SecondaryCaller): string {
  return `${identity.actor?.clientId ?? identity.clientId} ${identity.organisation?.ura ?? ''}`;
}

function notFound(): Failure {
  return new Failure('not-found', 'There is no such export');
}
