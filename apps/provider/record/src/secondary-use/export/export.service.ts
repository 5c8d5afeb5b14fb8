import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
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
import { planSettings } from '../plan-settings.js';
import { PermitStanding } from '../permit-standing.js';
import { tableFormatOf } from '../table-form.js';
import { OBJECTION_REGISTERS, PERMIT_VERIFIER, type ObjectionRegisters } from '../tokens.js';
import type { SecondaryCaller } from '../secondary-callers.js';
import { planExport, type ExportedType, type ExportRequest } from './export-request.js';
import { whoseRow, type ExportMember } from './export-members.js';
import {
  addPart,
  endExport,
  findExport,
  findPart,
  insertExport,
  listParts,
  listRunning,
  removeExpired,
  removeExport,
  removeParts,
  type Export,
  type ExportPart,
} from './export-store.js';
import { givenResources, givenRows } from './given-lines.js';
import { makeParts, type MadePart, type PartSource } from './make-parts.js';
import { minimiser } from './minimise.js';
import { PermitPolicy } from '../permit-policy.js';
import { firstPatients, readPage } from './read-page.js';
import { planViewExport } from './view-export-request.js';
import { makeViewParts, type ViewSource } from './view-parts.js';

const LIFETIME_MS = 24 * 60 * 60 * 1000;
const STATEMENT_SECONDS = 120;
/** After so long it is asked again whether a permit holds, when that was not answered. */
const ASK_AGAIN_MS = 5_000;

/**
 * FHIR Bulk Data under permits. Each part is committed with how far it goes: an export that was killed goes on behind its last
 * part. Persons are called the same within one export, and otherwise in every other.
 */
@Injectable()
export class ExportService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #working = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly vault: CitizenNumberVault,
    private readonly configuration: RecordConfiguration,
    @Inject(PERMIT_VERIFIER) private readonly permits: () => PermitVerifier,
    private readonly policy: PermitPolicy,
    @Inject(OBJECTION_REGISTERS) private readonly objections: ObjectionRegisters,
    private readonly standing: PermitStanding,
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
    this.#closing.abort();
    await Promise.allSettled(this.#working);
  }

  /** @returns the id of the export */
  async begin(caller: SecondaryCaller, request: ExportRequest, permit: string): Promise<string> {
    let terms: PermitTerms | undefined;
    try {
      terms = this.permits().verify(permit, { holder: caller.base, request });
      const planned = request.level === 'view' ? planViewExport(request, terms) : planExport(request, terms);
      const types = planned.map(({ dataset }) => dataset.type);
      this.policy.require(caller.identity, terms, types);
    } catch (error) {
      await this.#record(caller, `${operationOf(request)}?permit=${terms?.permitId ?? 'none'}`, 'denied');
      throw error;
    }
    const { ura: tenant } = caller.tenant;
    const id = randomUUID();
    const expiresAt = new Date(Date.now() + LIFETIME_MS);
    await this.#record(caller, `${operationOf(request)}?permit=${terms.permitId}&export=${id}`, 'success');
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
    const [found, file] = await inTenant(this.dataSource, ura, async (transaction) => [
      await this.#own(transaction, caller, id),
      await findPart(transaction, id, part),
    ]);
    if (file === undefined || found.status !== 'done') throw notFound();
    const { request, terms } = found;
    await this.standing.assert(terms.permitId, ura);
    await this.#record(
      caller,
      `${operationOf(request)}?permit=${terms.permitId}&export=${id}&part=${part}`,
      'success',
    );
    const members = new Set((await this.#members(found)).map(({ key }) => key));
    if (request.level === 'view') return givenRows(file.body, members);
    return givenResources(file.body, new Set((await this.#everyone(found)).map(({ key }) => key)), members);
  }

  #start(id: string, tenant: Ura): void {
    const work = this.#make(id, tenant).catch((error: unknown) => {
      this.logger.error({ error, export: id }, 'an export could not be made');
    });
    this.#working.add(work);
    void work.finally(() => this.#working.delete(work));
  }

  async #make(id: string, tenant: Ura): Promise<void> {
    let members: ExportMember[] | undefined;
    for (;;) {
      if (this.#closing.signal.aborted) return;
      const found = await inTenant(this.dataSource, tenant, (transaction) => findExport(transaction, id));
      if (found?.status !== 'running') return;
      try {
        members ??= await this.#members(found);
        await this.#makeType(found, members);
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        const problem = error instanceof Failure ? error.message : 'Something went wrong on our side';
        await inTenant(this.dataSource, tenant, async (transaction) => {
          await endExport(transaction, id, 'failed', problem);
          await removeParts(transaction, id);
        });
        throw error;
      }
    }
  }

  /** What is left of the type it is at; until it is cancelled, or another instance went on with it. */
  async #makeType(found: Export, members: readonly ExportMember[]): Promise<void> {
    const { id, tenant, terms, request } = found;
    const wanted =
      request.level === 'view'
        ? planViewExport(request, terms)[found.place]
        : planExport(request, terms)[found.place];
    if (wanted === undefined)
      return inTenant(this.dataSource, tenant, (transaction) => endExport(transaction, id, 'done'));
    if (!(await this.#mayGoOn(found))) return;
    const { view, dataset } = wanted;
    let { afterId } = found;
    const parts =
      view === undefined
        ? makeParts(await this.#source(found, wanted, members), afterId)
        : makeViewParts(this.#viewSource(found, { wanted, view, members }), afterId);
    for await (const part of parts) {
      if (!(await this.#mayGoOn(found))) return;
      if (!(await this.#keep({ ...found, afterId }, view?.name ?? dataset.type, part))) return;
      afterId = part.lastId;
    }
  }

  /**
   * Not while the service stops, and not while nobody says whether the permit still holds.
   * @throws Failure('forbidden') when it does not
   */
  async #mayGoOn({ tenant, terms }: Export): Promise<boolean> {
    if (this.#closing.signal.aborted) return false;
    try {
      await this.standing.assert(terms.permitId, tenant);
      return true;
    } catch (error) {
      if (!(error instanceof Failure && error.kind === 'unavailable')) throw error;
      await delay(ASK_AGAIN_MS, undefined, { signal: this.#closing.signal }).catch(() => {});
      return false;
    }
  }

  async #source(
    { tenant, terms }: Export,
    wanted: ExportedType,
    members: readonly ExportMember[],
  ): Promise<PartSource> {
    const reading = this.#reading(tenant);
    const limit = this.configuration.secondaryUseFileResources;
    const patientKeys =
      terms.population === undefined ? {} : { patientKeys: members.flatMap((member) => member.patientKeys) };
    const firsts =
      wanted.dataset.type === 'Patient'
        ? await reading((transaction) => firstPatients(transaction, tenant, wanted))
        : undefined;
    return {
      limit,
      read: (afterId) =>
        reading((transaction) =>
          readPage(transaction, { tenant, terms, wanted, afterId, limit, ...patientKeys }),
        ),
      minimise: minimiser(wanted.dataset, terms, tenant),
      memberOf: whoseRow(members, firsts),
    };
  }

  #viewSource(
    { tenant, terms, request }: Export,
    what: Pick<ViewSource, 'wanted' | 'view' | 'members'>,
  ): ViewSource {
    const limit = this.configuration.secondaryUseFileResources;
    const form = tableFormatOf(request).format === 'ndjson' ? 'object' : 'array';
    return { ...what, tenant, terms, limit, form, reading: this.#reading(tenant, planSettings) };
  }

  #reading(tenant: Ura, besides: Readonly<Record<string, string>> = {}): ViewSource['reading'] {
    const statement_timeout = `${STATEMENT_SECONDS}s`;
    const settings = {
      'samenhang.tenant': tenant,
      ...besides,
      transaction_read_only: 'on',
      statement_timeout,
    };
    return (read) => inTransactionUnder(this.dataSource, settings, read);
  }

  /** @returns whether it was kept: not of an export that was cancelled, or that is elsewhere meanwhile */
  async #keep(expected: Export, type: string, part: MadePart): Promise<boolean> {
    const { id, tenant, place, afterId } = expected;
    return inTenant(this.dataSource, tenant, async (transaction) => {
      const locked = await findExport(transaction, id, true);
      if (locked?.status !== 'running' || locked.place !== place || locked.afterId !== afterId) return false;
      await addPart(transaction, locked, type, part);
      return true;
    });
  }

  /** Who takes part now. */
  async #members(found: Export): Promise<ExportMember[]> {
    const everyone = await this.#everyone(found);
    const objecting = await this.objections(found.tenant).whoObjects(everyone.map(({ bsn }) => bsn));
    return everyone.filter(({ bsn }) => !objecting.has(bsn));
  }

  async #everyone({ id, tenant, terms }: Export): Promise<ExportMember[]> {
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

/** The same whenever a part of this export is made, and no other export's. */
function keyOf(bsn: Bsn, id: string, { secret }: PermitTerms): string {
  const key = Buffer.from(secret, 'base64url');
  return createHmac('sha256', key).update(`export ${id} ${bsn}`).digest('hex').slice(0, 32);
}

function operationOf({ level }: ExportRequest): string {
  return level === 'view' ? 'ViewDefinition/$viewdefinition-export' : '$export';
}

function clientOf({ identity }: SecondaryCaller): string {
  return `${identity.actor?.clientId ?? identity.clientId} ${identity.organisation?.ura ?? ''}`;
}

function notFound(): Failure {
  return new Failure('not-found', 'There is no such export');
}
