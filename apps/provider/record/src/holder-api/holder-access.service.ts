import { Inject, Injectable } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import { mayDisclose, type ConsentChoice, type DisclosureLimits } from '@samenhang/consent';
import type { DataCategory } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import type { PatientQuestion, Searchset } from '@samenhang/fhir-http';
import { matchesPatient, type PatientBinding, type VerifiedIdentity } from '@samenhang/identity';
import { PatientKeyring, toPatientIdentifier, type Bsn } from '@samenhang/patient-identity';
import type { ClosingTransaction } from '@samenhang/persistence';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { LiveAccess } from '../direct/live-access.js';
import { assertNotLacking, type LiveIssue } from '../direct/live-issue.js';
import { bsnKey } from '../patients/patient-labels.js';
import { decisiveCategories, findGrant } from '../resources/grants.js';
import { inTenant } from '../storage/tenant-fence.js';
import { PATIENT_BINDING } from '../tokens.js';
import { AccessJudge, type AccessDecision, type AccessRequest } from './access-decision.js';
import { toEntry, type AccessParts } from './access-parts.js';
import { AccessTrail } from './access-trail.js';
import { noteEmergencyAccess } from './emergency-accesses.js';
import { describeForAudit, type HolderQuestion } from './holder-question.js';
import { readHistory, type History, type HistoryQuestion } from './history.js';
import { isGiven, searchFacts, searchFactsTogether } from './holder-search.js';
import { redirectReferences, type Person } from './person.js';
import { PatientLookup, type FactName, type KnownPatient } from './patient-lookup.js';
import { neededFor, type StoredFact } from './stored-fact.js';
import type { Tenant } from './tenants.js';

/** Who asks, whose data, and in which trace. */
export interface Caller {
  readonly tenant: Tenant;
  readonly identity: VerifiedIdentity;
  readonly traceparent: string | undefined;
}

/** What is asked about one patient, and how the audit trail may name it. */
export interface PatientAsk {
  readonly patient: PatientQuestion;
  readonly categories: readonly DataCategory[];
  readonly resourceTypes: readonly string[];
  readonly query: string;
  /** Whether what is permitted is any use; else the whole is refused. Anything is, when left out. */
  readonly isEnough?: (permitted: readonly DataCategory[]) => boolean;
}

/** Reads within the transaction that records the access; only `permitted` may be read. */
export type ReadData<T> = (
  transaction: Transaction,
  person: Person | undefined,
  permitted: readonly DataCategory[],
  /** What the care provider's own server did not give. */
  lacking: readonly LiveIssue[],
) => Promise<T>;

/**
 * Every request for data goes the same way: policy, patient, consent, data, audit; the answer leaves only after its
 * audit event is committed. No transaction is open while the consent register is asked.
 */
@Injectable()
export class HolderAccessService {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    private readonly keyring: PatientKeyring,
    private readonly lookup: PatientLookup,
    private readonly judge: AccessJudge,
    private readonly trail: AccessTrail,
    private readonly live: LiveAccess,
    @Inject(PATIENT_BINDING) private readonly binding: () => PatientBinding,
  ) {}

  search(caller: Caller, question: HolderQuestion): Promise<Searchset> {
    const { definition, categories, patient } = question;
    const asked = {
      patient,
      categories,
      resourceTypes: [definition.type],
      query: describeForAudit(question),
      isEnough: (permitted: readonly DataCategory[]) => isGiven(question, permitted),
    };
    return this.ask(caller, asked, (transaction, person, permitted, lacking) => {
      assertNotLacking(lacking, [definition.type, ...question.form.alongTypes]);
      return searchFacts(transaction, caller.tenant.ura, question, person, permitted);
    });
  }

  /**
   * Several searches about one patient, each of which may be refused by itself.
   * @throws Failure('malformed') when they are about several patients
   */
  searchAll(caller: Caller, questions: readonly HolderQuestion[]): Promise<(Searchset | Failure)[]> {
    const [first] = questions;
    if (first === undefined) return Promise.resolve([]);
    const patients = new Set(questions.map(({ patient }) => JSON.stringify(patient)));
    if (patients.size > 1) throw new Failure('malformed', 'A request is about one patient');
    const asked: PatientAsk = {
      patient: first.patient,
      categories: [...new Set(questions.flatMap(({ categories }) => categories))],
      resourceTypes: [...new Set(questions.map(({ definition }) => definition.type))],
      query: questions.map(describeForAudit).join(' '),
      isEnough: (permitted) => questions.some((question) => isGiven(question, permitted)),
    };
    return this.ask(caller, asked, async (transaction, person, permitted, lacking) => {
      assertNotLacking(lacking, asked.resourceTypes);
      const given = questions.filter((question) => isGiven(question, permitted));
      const found = await searchFactsTogether(transaction, caller.tenant.ura, given, person, permitted);
      return questions.map(
        (question) =>
          found[given.indexOf(question)] ?? new Failure('forbidden', 'Access to this data is not permitted'),
      );
    });
  }

  /** Anything about one patient: however many categories, they are decided in one round and recorded as one access. */
  async ask<T>(
    { tenant, identity, traceparent }: Caller,
    { patient: named, categories, resourceTypes, query, isEnough = isAny }: PatientAsk,
    readData: ReadData<T>,
  ): Promise<T> {
    const request: AccessRequest = { tenant, identity, interaction: 'search-type', categories, traceparent };
    const entry: AccessParts = { activity: 'query', resourceTypes, query };
    const policy = this.judge.decide(request);
    if (categories.length > 0 && !isEnough(policy.permitted))
      return this.#deny(request, entry, this.#refusal(request, policy));
    const patient = await this.lookup.identify(tenant, named);
    await this.#assertOwnPatient(request, entry, patient.bsn);
    const isAskable = patient.person !== undefined || patient.bsn !== undefined;
    // A Patient nobody knows has no data to consent to; asked by BSN, consent comes before knowing whether there is any.
    const decision = isAskable ? await this.#consent(request, entry, policy, patient, isEnough) : policy;
    const entryOfAnswer = { ...entry, patient: patient.bsn, reasons: decision.reasons };
    const live = await this.live.ask(request, entryOfAnswer, decision);
    const read = async (transaction: ClosingTransaction): Promise<T> => {
      const { person } = patient;
      if (person !== undefined && live === undefined)
        return transaction.endBehind(async () => {
          const [data] = await Promise.all([
            readData(transaction, person, decision.permitted, []),
            this.lookup.assertUnchanged(transaction, tenant, named, { ...patient, person }),
          ]);
          return data;
        });
      const now =
        live === undefined ? await this.lookup.refresh(transaction, tenant, named, patient) : live.person;
      return transaction.endBehind(() =>
        readData(live?.over(transaction) ?? transaction, now, decision.permitted, live?.issues ?? []),
      );
    };
    const readInEmergency = async (transaction: Transaction): Promise<T> => {
      const person =
        live === undefined ? await this.lookup.refresh(transaction, tenant, named, patient) : live.person;
      if (person !== undefined) await this.#noteEmergency(transaction, request, entryOfAnswer, person);
      return readData(live?.over(transaction) ?? transaction, person, decision.permitted, live?.issues ?? []);
    };
    return decision.emergency === true
      ? this.#answerInEmergency(request, entryOfAnswer, readInEmergency, decision.limits)
      : this.#answer(request, entryOfAnswer, () =>
          inTenant(this.dataSource, tenant.ura, read, decision.limits),
        );
  }

  /**
   * One resource by id, or what it once was.
   * @throws Failure('not-found') also for what this caller's role may never see the existence of
   */
  async read(
    { tenant, identity, traceparent }: Caller,
    name: FactName,
  ): Promise<StoredFact & { readonly body: string }> {
    const { type, id } = name;
    const categories = decisiveCategories(type);
    const request: AccessRequest = { tenant, identity, interaction: 'read', categories, traceparent };
    const entry: AccessParts = { activity: 'read', resourceTypes: [type] };
    const policy = this.judge.decide(request);
    if (findGrant(type, policy.permitted) === undefined)
      return this.#deny(request, entry, this.#refusal(request, policy));
    const found = await this.lookup.findFact(tenant, name);
    const needed = found === undefined ? [] : neededFor(type, found.fact);
    if (found === undefined || found.fact.body === null || needed.length === 0)
      throw new Failure('not-found', 'There is no such resource');
    const { fact, person, bsn } = found;
    const body = redirectReferences(found.fact.body, person);
    await this.#assertOwnPatient(request, entry, bsn);
    const isEnough = (permitted: readonly DataCategory[]): boolean =>
      needed.every((category) => permitted.includes(category));
    const narrowed = { ...request, categories: needed };
    const own = this.judge.decide(narrowed);
    if (!isEnough(own.permitted))
      return this.#deny(request, { ...entry, patient: bsn }, this.#refusal(narrowed, own));
    const decision = await this.#consent(narrowed, entry, own, found, isEnough);
    const { limits } = decision;
    if (limits !== undefined && !mayDisclose(limits, fact.category ?? undefined, `${type}/${id}`))
      return this.#deny(request, { ...entry, patient: bsn }, decision);
    const entryOfAnswer = { ...entry, patient: bsn, reasons: decision.reasons };
    const given = { ...fact, body };
    if (decision.emergency !== true)
      return this.#answer(request, entryOfAnswer, () => Promise.resolve(given));
    return this.#answerInEmergency(request, entryOfAnswer, async (transaction) => {
      await this.#noteEmergency(transaction, request, entryOfAnswer, person);
      return given;
    });
  }

  /** What a resource was, or what a type held, of one patient. */
  async history(caller: Caller, question: HistoryQuestion, named?: PatientQuestion): Promise<History> {
    const { type, id } = question;
    const patient = named ?? (id === undefined ? undefined : await this.#patientOf(caller, type, id));
    if (patient === undefined) throw new Failure('not-found', 'There is no such resource');
    const asked: PatientAsk = {
      patient,
      categories: decisiveCategories(type),
      resourceTypes: [type],
      query: `${type}${id === undefined ? '' : '/[id]'}/_history`,
      isEnough: (permitted) => findGrant(type, permitted) !== undefined,
    };
    const history = await this.ask(caller, asked, async (transaction, person, permitted) =>
      person === undefined
        ? { entries: [], next: undefined }
        : readHistory(transaction, caller.tenant.ura, question, person, permitted),
    );
    // Of a category that is not permitted, or of another patient since: as if there were none.
    if (
      id !== undefined &&
      history.entries.length === 0 &&
      question.after === undefined &&
      question.since === null
    )
      throw new Failure('not-found', 'There is no such resource');
    return history;
  }

  /** Whom a resource is about, for a question that names the resource only; policy has not been asked yet. */
  async #patientOf(
    { tenant, identity, traceparent }: Caller,
    type: string,
    id: string,
  ): Promise<PatientQuestion | undefined> {
    const request: AccessRequest = {
      tenant,
      identity,
      interaction: 'read',
      categories: decisiveCategories(type),
      traceparent,
    };
    const policy = this.judge.decide(request);
    if (findGrant(type, policy.permitted) === undefined)
      return this.#deny(request, { activity: 'read', resourceTypes: [type] }, this.#refusal(request, policy));
    return inTenant(this.dataSource, tenant.ura, async (transaction) => {
      const [row] = await transaction.query<{ patient_id: string }>(
        `SELECT p.patient_id FROM resource r JOIN patient p ON p.id = r.patient_key AND p.tenant = r.tenant
         WHERE r.tenant = $1 AND r.type = $2 AND r.id = $3`,
        [tenant.ura, type, id],
      );
      return row === undefined ? undefined : { by: 'id', id: row.patient_id };
    });
  }

  /** Why a request is refused: the reasons against what it lacks. */
  #refusal(request: AccessRequest, policy: AccessDecision): AccessDecision {
    const lacking = request.categories.filter((category) => !policy.permitted.includes(category));
    return policy.permitted.length === 0 ? policy : this.judge.decide({ ...request, categories: lacking });
  }

  /** A token for one patient is refused for another before consent is asked or anything is read of what is held. */
  async #assertOwnPatient(request: AccessRequest, entry: AccessParts, bsn: Bsn | undefined): Promise<void> {
    const patient = bsn === undefined ? undefined : toPatientIdentifier(bsn);
    const patientMatches = matchesPatient(request.identity.patientBinding, patient, this.binding);
    if (patientMatches === undefined) return;
    const decision = this.judge.decide({ ...request, patientMatches });
    if (decision.permitted.length === 0) await this.#deny(request, { ...entry, patient: bsn }, decision);
  }

  async #noteEmergency(
    transaction: Transaction,
    { tenant, identity }: AccessRequest,
    { patient, resourceTypes }: AccessParts,
    person: Person,
  ): Promise<void> {
    if (patient === undefined) return;
    await noteEmergencyAccess(this.eventLog, transaction, {
      tenant: tenant.ura,
      identity,
      bsn: patient,
      bsnKey: bsnKey(tenant.ura, patient, this.keyring),
      patientId: person.patientId,
      resourceTypes,
    });
  }

  async #consent(
    request: AccessRequest,
    entry: AccessParts,
    policy: AccessDecision,
    { bsn, choices }: KnownPatient,
    isEnough: (permitted: readonly DataCategory[]) => boolean,
  ): Promise<AccessDecision> {
    if (policy.permitted.length === 0) return policy;
    const { tenant } = request;
    const ownChoices = async (): Promise<readonly ConsentChoice[]> =>
      bsn === undefined ? [] : (choices ?? this.lookup.choicesOf(tenant, bsn));
    const asked = { ...request, categories: policy.permitted };
    const decision = await this.judge.askConsent(bsn, asked, ownChoices);
    if (!isEnough(decision.permitted)) return this.#deny(request, { ...entry, patient: bsn }, decision);
    return { ...decision, reasons: [...policy.reasons, ...decision.reasons] };
  }

  async #deny(request: AccessRequest, entry: AccessParts, decision: AccessDecision): Promise<never> {
    const denied = toEntry(request, 'denied', { ...entry, reasons: decision.reasons });
    await this.trail.record(denied);
    if (decision.retryable)
      throw new Failure('unavailable', 'Consent cannot be asked now', { retryAfterSeconds: 5 });
    throw new Failure('forbidden', 'Access to this data is not permitted');
  }

  /** Reads, then records: what cannot be recorded is not answered. */
  async #answer<T>(request: AccessRequest, entry: AccessParts, read: () => Promise<T>): Promise<T> {
    const answer = await read();
    await this.trail.record(toEntry(request, 'success', entry));
    return answer;
  }

  /** In one transaction with what an emergency leaves to be reviewed. */
  async #answerInEmergency<T>(
    request: AccessRequest,
    entry: AccessParts,
    work: (transaction: Transaction) => Promise<T>,
    limits?: DisclosureLimits,
  ): Promise<T> {
    const recorded = async (transaction: ClosingTransaction): Promise<T> => {
      const answer = await work(transaction);
      const success = toEntry(request, 'success', entry);
      const entries: Promise<void>[] = [];
      try {
        await transaction.commitBehind(() => {
          entries.push(recordAccess(this.eventLog, transaction, success));
          return entries;
        });
      } catch (error) {
        // Which is why the transaction was not committed, when it was not recorded.
        await Promise.all(entries);
        throw error;
      }
      return answer;
    };
    return inTenant(this.dataSource, request.tenant.ura, recorded, limits);
  }
}

const isAny = (permitted: readonly DataCategory[]): boolean => permitted.length > 0;
