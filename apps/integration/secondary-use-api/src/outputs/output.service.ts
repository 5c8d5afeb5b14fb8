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
import { isWhole, worstOf, type HolderOutcome } from '../holders/holder-outcome.js';
import { projectScopeOf, type Permit } from '../permits/permit.js';
import { PermitService } from '../permits/permit.service.js';
import { PermitsInUse } from '../permits/permits-in-use.js';
import { ProjectRecipients } from '../projects/project-recipients.js';
import { ProjectSecrets } from '../projects/project-secrets.js';
import { manifestOf } from '../releases/release-manifest.js';
import { signManifest, type SignedManifest } from '../releases/sign-manifest.js';
import { Airlock, type MadeFile } from './airlock.js';
import { makeOutput, type MadeOutput } from './make-output.js';
import { presenceOf, readOutputRequest, viewsOf, type OutputRequest } from './output-request.js';
import {
  findManifest,
  findOutput,
  finishOutput,
  insertOutput,
  keepPersons,
  listOfStatus,
  listOutputs,
  personsOf,
  refuseOutput,
  releaseOutput,
  releasesWith,
  type Output,
} from './output-store.js';

/** A file as it is given. */
export type OutputFile = MadeFile;

/** How far an output is that is being made: of so many questions to holders so many are done. */
export interface OutputProgress {
  readonly questions: number;
  readonly done: number;
}

/** Tables under permits: made in the airlock, checked there by rules and then by a person, and only then given. */
@Injectable()
export class OutputService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #working = new Set<Promise<void>>();
  readonly #progress = new Map<string, OutputProgress>();

  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly permits: PermitService,
    private readonly inUse: PermitsInUse,
    private readonly views: FederatedViews,
    private readonly recipients: ProjectRecipients,
    private readonly airlock: Airlock,
    private readonly secrets: ProjectSecrets,
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

  /** Of what this service is making now. */
  progressOf(id: string): OutputProgress | undefined {
    return this.#progress.get(id);
  }

  async list(permitId: string, who: VerifiedIdentity): Promise<Output[]> {
    await this.permits.getOwn(permitId, who);
    return listOutputs(statementByStatement(this.dataSource), permitId);
  }

  waiting(): Promise<Output[]> {
    return listOfStatus(statementByStatement(this.dataSource), 'checking');
  }

  /** A file of a released output, for whom it was made, as long as the permit holds; the first where none is named. */
  async file(id: string, name: string | undefined, who: VerifiedIdentity): Promise<OutputFile> {
    const output = await this.getOwn(id, who);
    await this.permits.use(output.permitId, 'fetch output', who);
    return this.#content(output, name, 'released');
  }

  /** What was signed when it was released. */
  async manifest(id: string, who: VerifiedIdentity): Promise<SignedManifest> {
    const { status } = await this.getOwn(id, who);
    const signed = await findManifest(statementByStatement(this.dataSource), id);
    if (signed === undefined) throw new Failure('conflict', `The output is ${status}, and has no manifest`);
    return signed;
  }

  /** The same for whoever checks it, before anybody else has it. */
  async fileToCheck(id: string, name: string | undefined, who: VerifiedIdentity): Promise<OutputFile> {
    const output = await this.#get(id);
    await this.#record(statementByStatement(this.dataSource), `look at output?output=${id}`, who);
    return this.#content(output, name, 'checking');
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
      const checkedBy = who.professional?.id ?? who.clientId;
      if (verdict === 'refused') await refuseOutput(transaction, id, checkedBy);
      else await releaseOutput(transaction, id, checkedBy, await this.#sign(output));
      await this.#record(transaction, `${verdict} output?permit=${output.permitId}&output=${id}`, who);
    });
    if (verdict === 'refused') await this.airlock.remove(id);
    return this.#get(id);
  }

  async #sign({ id, permitId, request, holders, files, report, createdAt }: Output): Promise<SignedManifest> {
    if (report === null) throw new Failure('conflict', 'The output was not checked');
    const permit = await this.permits.get(permitId);
    const views = viewsOf(request, permit);
    const statement = manifestOf({ id, permit, views, holders, files, report, madeAt: createdAt });
    return signManifest(statement, this.secrets.signing);
  }

  /**
   * Somebody can have objected since the output was made. Then it is made anew; what is in the airlock does not leave.
   * @throws Failure('conflict' | 'unavailable')
   */
  async #assertNobodyLeft({ id, permitId, request, status }: Output): Promise<void> {
    if (status !== 'checking') return;
    const permit = await this.permits.get(permitId);
    const present = new Set<unknown>();
    const presence = presenceOf(request);
    const holders = await this.inUse.during(permitId, (signal) =>
      this.views.run(
        {
          permit,
          view: presence.view,
          recipient: this.recipients.recipientOf(projectScopeOf(permit)),
          signal,
        },
        ({ columns, rows }) => {
          const place = columns.findIndex(({ name }) => name === presence.person);
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
        const asked = await this.#ask(id, permit, request, signal);
        ({ holders } = asked);
        if (!holders.some(isWhole)) throw new Failure('unavailable', 'No holder gave an answer');
        const secret = await this.secrets.of(permit.id);
        signal.throwIfAborted();
        await this.#keep(id, await makeOutput({ permit, request, secret, ...asked }), holders);
      });
    } catch (error) {
      const failure = error instanceof Failure ? error : undefined;
      const status = failure?.kind === 'invalid' ? 'held' : 'failed';
      const problem = failure?.message ?? 'Something went wrong on our side';
      await inTransaction(this.dataSource, (transaction) =>
        finishOutput(transaction, id, { status, holders, report: null, problem, files: [] }),
      );
      if (failure === undefined) throw error;
    } finally {
      this.#progress.delete(id);
    }
  }

  /** Every view at every holder. A holder counts when it answered all of them: else its rows would point at what is not there. */
  async #ask(
    id: string,
    permit: Permit,
    request: OutputRequest,
    signal: AbortSignal,
  ): Promise<{ answers: HolderRows[][]; holders: HolderOutcome[] }> {
    const recipient = this.recipients.recipientOf(projectScopeOf(permit));
    const answers: HolderRows[][] = [];
    const outcomes: HolderOutcome[][] = [];
    const views = viewsOf(request, permit);
    const questions = views.length * permit.custodians.length;
    this.#progress.set(id, { questions, done: 0 });
    const onDone = (): void => {
      const { done = 0 } = this.#progress.get(id) ?? {};
      this.#progress.set(id, { questions, done: done + 1 });
    };
    for (const view of views) {
      const ofView: HolderRows[] = [];
      outcomes.push(
        await this.views.run({ permit, view, recipient, signal, onDone }, (answer) => ofView.push(answer)),
      );
      answers.push(ofView);
    }
    const holders = worstOf(outcomes);
    const whole = new Set(holders.filter(isWhole).map(({ custodian }) => custodian));
    return {
      answers: answers.map((ofView) => ofView.filter(({ custodian }) => whole.has(custodian))),
      holders,
    };
  }

  async #keep(id: string, made: MadeOutput, holders: readonly HolderOutcome[]): Promise<void> {
    const { report, persons } = made;
    const files = await this.airlock.put(id, made.files, { output: id, holders, report });
    await inTransaction(this.dataSource, async (transaction) => {
      await keepPersons(transaction, id, persons);
      await finishOutput(transaction, id, { status: 'checking', holders, report, problem: null, files });
    });
  }

  async #content(output: Output, name: string | undefined, status: Output['status']): Promise<OutputFile> {
    if (output.status !== status) throw new Failure('conflict', `The output is ${output.status}`);
    const file = name === undefined ? output.files[0] : output.files.find((each) => each.name === name);
    if (file === undefined) throw new Failure('not-found', 'The output has no such file');
    return { name: file.name, content: await this.airlock.get(output.id, file) };
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
