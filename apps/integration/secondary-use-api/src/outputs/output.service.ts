import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import type { VerifiedIdentity } from '@samenhang/identity';
import { inTransaction, statementByStatement } from '@samenhang/persistence';
import { EVENT_LOG, LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { FederatedViews, type HolderRows } from '../holders/federated-views.js';
import { isWhole, type HolderOutcome } from '../holders/holder-outcome.js';
import { projectScopeOf, type Permit } from '../permits/permit.js';
import { PermitService } from '../permits/permit.service.js';
import { PermitsInUse } from '../permits/permits-in-use.js';
import { ProjectRecipients } from '../projects/project-recipients.js';
import { Airlock } from './airlock.js';
import { makeOutput, type MadeOutput } from './make-output.js';
import { readOutputRequest, type OutputRequest } from './output-request.js';
import {
  decideOutput,
  findOutput,
  finishOutput,
  insertOutput,
  keepPersons,
  listOfStatus,
  listOutputs,
  personsOf,
  releasesWith,
  type Output,
} from './output-store.js';
import { writeTable } from './write-table.js';

/** Tables under permits: made in the airlock, checked there by rules and then by a person, and only then given. */
@Injectable()
export class OutputService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #working = new Set<Promise<void>>();

  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly permits: PermitService,
    private readonly inUse: PermitsInUse,
    private readonly views: FederatedViews,
    private readonly recipients: ProjectRecipients,
    private readonly airlock: Airlock,
  ) {}

  /** What was being made when the service ended is made anew: nothing of it had left. */
  async onApplicationBootstrap(): Promise<void> {
    for (const output of await listOfStatus(statementByStatement(this.dataSource), 'running'))
      this.#start(output, await this.permits.get(output.permitId));
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled(this.#working);
  }

  async request(permitId: string, body: unknown, who: VerifiedIdentity): Promise<Output> {
    const permit = await this.permits.use(permitId, 'request output', who);
    if (permit.outputKind === 'counts')
      throw new Failure('forbidden', 'The permit is for counts, not for tables');
    const request: OutputRequest = readOutputRequest(body, permit);
    const id = randomUUID();
    await inTransaction(this.dataSource, (transaction) =>
      insertOutput(transaction, { id, permitId, requester: permit.requester, request }),
    );
    const output = await this.#get(id);
    this.#start(output, permit);
    return output;
  }

  async getOwn(id: string, who: VerifiedIdentity): Promise<Output> {
    const output = await this.#get(id);
    if (output.requester !== who.organisation?.ura) throw notFound();
    return output;
  }

  async list(permitId: string, who: VerifiedIdentity): Promise<Output[]> {
    await this.permits.getOwn(permitId, who);
    return listOutputs(statementByStatement(this.dataSource), permitId);
  }

  waiting(): Promise<Output[]> {
    return listOfStatus(statementByStatement(this.dataSource), 'checking');
  }

  /** The file of a released output, for whom it was made, as long as the permit holds. */
  async file(id: string, who: VerifiedIdentity): Promise<{ content: Buffer; output: Output }> {
    const output = await this.getOwn(id, who);
    await this.permits.use(output.permitId, 'fetch output', who);
    return { output, content: await this.#content(output, ['released']) };
  }

  /** The same for whoever checks it, before anybody else has it. */
  async fileToCheck(id: string, who: VerifiedIdentity): Promise<{ content: Buffer; output: Output }> {
    const output = await this.#get(id);
    await this.#record(statementByStatement(this.dataSource), `look at output?output=${id}`, who);
    return { output, content: await this.#content(output, ['checking']) };
  }

  async decide(id: string, verdict: 'released' | 'refused', who: VerifiedIdentity): Promise<Output> {
    if (verdict === 'released') await this.#assertNobodyLeft(await this.#get(id));
    await inTransaction(this.dataSource, async (transaction) => {
      const output = await findOutput(transaction, id, true);
      if (output === undefined) throw notFound();
      if (output.requester === who.organisation?.ura)
        throw new Failure('forbidden', 'Who asks for an output does not check it');
      if (output.status !== 'checking')
        throw new Failure('conflict', `An output that is ${output.status} cannot be ${verdict}`);
      await decideOutput(transaction, id, verdict, who.professional?.id ?? who.clientId);
      await this.#record(transaction, `${verdict} output?permit=${output.permitId}&output=${id}`, who);
    });
    if (verdict === 'refused') await this.airlock.remove(id);
    return this.#get(id);
  }

  /**
   * Somebody can have objected since the output was made. Then it is made anew; what is in the airlock does not leave.
   * @throws Failure('conflict' | 'unavailable')
   */
  async #assertNobodyLeft({ id, permitId, request, status }: Output): Promise<void> {
    if (status !== 'checking') return;
    const permit = await this.permits.get(permitId);
    const present = new Set<unknown>();
    const holders = await this.inUse.during(permitId, (signal) =>
      this.views.run(
        {
          permit,
          view: request.view,
          recipient: this.recipients.recipientOf(projectScopeOf(permit)),
          signal,
        },
        ({ columns, rows }) => {
          const place = columns.findIndex(({ name }) => name === request.person);
          for (const row of rows) present.add(row[place]);
        },
      ),
    );
    const persons = await personsOf(statementByStatement(this.dataSource), id);
    if (persons.every((person) => present.has(person))) return;
    if (!holders.every(isWhole))
      throw new Failure('unavailable', 'Not all holders answer, so it is not known who objects since');
    throw new Failure('conflict', 'Somebody in it is there no more, or objects since: make it anew');
  }

  async releasesWith(pseudonym: string, who: VerifiedIdentity): ReturnType<typeof releasesWith> {
    await this.#record(statementByStatement(this.dataSource), 'look up releases of a pseudonym', who);
    return releasesWith(statementByStatement(this.dataSource), pseudonym);
  }

  #start(output: Output, permit: Permit): void {
    const work = this.#make(output, permit).catch((error: unknown) => {
      this.logger.error({ error, output: output.id }, 'the output could not be made');
    });
    this.#working.add(work);
    void work.finally(() => this.#working.delete(work));
  }

  async #make({ id, request }: Output, permit: Permit): Promise<void> {
    let holders: HolderOutcome[] = [];
    try {
      await this.inUse.during(permit.id, async (signal) => {
        const answers: HolderRows[] = [];
        const recipient = this.recipients.recipientOf(projectScopeOf(permit));
        const question = { permit, view: request.view, recipient, signal };
        holders = await this.views.run(question, (answer) => answers.push(answer));
        if (!holders.some(isWhole)) throw new Failure('unavailable', 'No holder gave an answer');
        signal.throwIfAborted();
        await this.#keep(id, makeOutput(answers, request, permit.outputKind), request, holders);
      });
    } catch (error) {
      const failure = error instanceof Failure ? error : undefined;
      const status = failure?.kind === 'invalid' ? 'held' : 'failed';
      const problem = failure?.message ?? 'Something went wrong on our side';
      await inTransaction(this.dataSource, (transaction) =>
        finishOutput(transaction, id, { status, holders, report: null, problem, sha256: null }),
      );
      if (failure === undefined) throw error;
    }
  }

  async #keep(
    id: string,
    made: MadeOutput,
    request: OutputRequest,
    holders: readonly HolderOutcome[],
  ): Promise<void> {
    const { report, persons } = made;
    const manifest = { output: id, holders, report };
    const { sha256 } = await this.airlock.put(id, request.format, writeTable(made, request.format), manifest);
    await inTransaction(this.dataSource, async (transaction) => {
      await keepPersons(transaction, id, persons);
      await finishOutput(transaction, id, { status: 'checking', holders, report, problem: null, sha256 });
    });
  }

  async #content(output: Output, statuses: readonly Output['status'][]): Promise<Buffer> {
    if (!statuses.includes(output.status) || output.sha256 === null)
      throw new Failure('conflict', `The output is ${output.status}`);
    return this.airlock.get(output.id, output.request.format, output.sha256);
  }

  async #get(id: string): Promise<Output> {
    const output = await findOutput(statementByStatement(this.dataSource), id);
    if (output === undefined) throw notFound();
    return output;
  }

  #record(transaction: Transaction, query: string, who: VerifiedIdentity): Promise<void> {
    return recordAccess(this.eventLog, transaction, {
      activity: 'administer',
      outcome: 'success',
      who,
      detail: { query },
      observer: 'secondary-use-api',
    });
  }
}

function notFound(): Failure {
  return new Failure('not-found', 'There is no such output');
}
