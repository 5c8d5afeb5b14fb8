import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { recordAccess, type AccessEntry } from '@samenhang/audit';
import type { Decision, DecisionPoint } from '@samenhang/authorisation';
import { findUra, identifierSystems, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { validateResource } from '@samenhang/fhir-r4';
import { toAuthorisationSubject } from '@samenhang/identity';
import { findBsn, toPatientIdentifier, type Bsn } from '@samenhang/patient-identity';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import type { Caller } from '../sender/sender-access.service.js';
import { inTenant } from '../storage/tenant-fence.js';
import { TransferSeal } from '../storage/transfer-seal.js';
import { DECISION_POINT } from '../tokens.js';
import {
  changesBetween,
  contributorOf,
  isMembers,
  nextVersion,
  type JointResource,
  type JointType,
  type Members,
} from './contributions.js';
import {
  findJoint,
  insertJoint,
  insertJointVersion,
  moveJoint,
  versionsOf,
  type JointRecord,
  type JointVersion,
} from './joint-table.js';
import { provenanceOf } from './joint-provenance.js';

export interface ServedJoint {
  readonly resource: JointResource;
  readonly version: number;
  readonly lastUpdated: Date;
}

interface Known {
  readonly record: JointRecord;
  readonly bsn: Bsn;
  readonly decision: Decision;
}

/**
 * Care plans and care teams that several care providers write, at the one that keeps them. Who takes part is in the record
 * itself; each reads all of it and changes what it contributed.
 */
@Injectable()
export class JointService {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    @Inject(DECISION_POINT) private readonly policies: DecisionPoint,
    private readonly seal: TransferSeal,
  ) {}

  async create(caller: Caller, type: JointType, sent: unknown): Promise<ServedJoint> {
    const { tenant, identity } = caller;
    const decision = this.#decide(caller, 'create', []);
    if (!decision.allow) return this.#deny(caller, type, undefined, decision);
    const { content, bsn } = readJoint(type, sent);
    const id = randomUUID();
    const body = nextVersion(undefined, { ...content, id }, tenant, tenant, randomUUID);
    const now = new Date();
    await inTenant(this.dataSource, tenant, async (transaction) => {
      await insertJoint(transaction, tenant, type, {
        id,
        version: 1,
        participants: participantsOf(body, tenant),
        patientKey: this.seal.patientKey(tenant, bsn),
        sealedBsn: this.seal.seal(bsn, `${tenant}/joint/${id}`),
      });
      await insertJointVersion(transaction, tenant, type, id, {
        version: 1,
        author: tenant,
        professional: identity.professional?.id ?? null,
        lastUpdated: now,
        changes: [],
        body,
      });
      await this.#record(transaction, caller, 'success', `${type} created`, bsn, decision);
    });
    return serve({ version: 1, lastUpdated: now, body }, bsn);
  }

  /** @param version an earlier one; the last when left out. @throws Failure('not-found') */
  async read(caller: Caller, type: JointType, id: string, version?: number): Promise<ServedJoint> {
    const { bsn, versions } = await this.#versions(caller, type, id, version ?? 'last');
    const [found] = versions;
    if (found === undefined) throw new Failure('not-found', 'There is no such version');
    return serve(found, bsn);
  }

  /** All versions, newest first, and who made each. */
  async history(caller: Caller, type: JointType, id: string): Promise<ServedJoint[]> {
    const { bsn, versions } = await this.#versions(caller, type, id, 'all');
    return versions.map((version) => serve(version, bsn));
  }

  async provenance(caller: Caller, type: JointType, id: string): Promise<object[]> {
    const { versions } = await this.#versions(caller, type, id, 'all');
    return versions.map((version) => provenanceOf(caller.tenant, type, id, version));
  }

  /** @throws Failure('precondition-failed') that says what changed since the version the author looked at */
  async update(
    caller: Caller,
    type: JointType,
    id: string,
    basedOn: number,
    sent: unknown,
  ): Promise<ServedJoint> {
    const { tenant, identity } = caller;
    const { bsn, decision } = await this.#permitted(caller, type, id, 'update');
    const author = identity.organisation?.ura;
    if (author === undefined) throw new Failure('forbidden', 'The access token is of no care provider');
    const { content, bsn: named } = readJoint(type, sent);
    if (named !== bsn) throw new Failure('invalid', 'A joint record stays with its patient');
    return inTenant(this.dataSource, tenant, async (transaction) => {
      const locked = await findJoint(transaction, tenant, type, id, true);
      const [last] = await versionsOf(transaction, tenant, type, id, locked?.version);
      if (locked === undefined || last === undefined)
        throw new Failure('not-found', 'There is no such resource');
      if (last.version !== basedOn) throw await this.#conflict(transaction, tenant, type, id, basedOn, last);
      const body = nextVersion(last.body, { ...content, id }, author, tenant, randomUUID);
      const changed: JointVersion = {
        version: last.version + 1,
        author,
        professional: identity.professional?.id ?? null,
        lastUpdated: new Date(),
        changes: changesBetween(last.body, body),
        body,
      };
      await moveJoint(transaction, tenant, type, {
        id,
        version: changed.version,
        participants: participantsOf(body, tenant),
      });
      await insertJointVersion(transaction, tenant, type, id, changed);
      await this.#record(transaction, caller, 'success', `${type} updated`, bsn, decision);
      return serve(changed, bsn);
    });
  }

  async #conflict(
    transaction: Transaction,
    tenant: Ura,
    type: JointType,
    id: string,
    basedOn: number,
    last: JointVersion,
  ): Promise<Failure> {
    const [seen] = await versionsOf(transaction, tenant, type, id, basedOn);
    const between = (await versionsOf(transaction, tenant, type, id)).filter(
      ({ version }) => version > basedOn,
    );
    const authors = [...new Set(between.map(({ author }) => author))].join(', ');
    const changes = seen === undefined ? [] : changesBetween(seen.body, last.body);
    return new Failure('precondition-failed', `Version ${last.version} is the last one`, {
      issues: [
        {
          text: `Version ${last.version} is the last one; written since version ${basedOn} by ${authors || 'nobody'}`,
        },
        ...changes.map(({ path, change }) => ({ text: change, expression: path })),
      ],
    });
  }

  async #versions(
    caller: Caller,
    type: JointType,
    id: string,
    wanted: number | 'last' | 'all',
  ): Promise<{ bsn: Bsn; versions: JointVersion[] }> {
    const { record, bsn, decision } = await this.#permitted(caller, type, id, 'read');
    const version = wanted === 'all' ? undefined : wanted === 'last' ? record.version : wanted;
    return inTenant(this.dataSource, caller.tenant, async (transaction) => {
      const versions = await versionsOf(transaction, caller.tenant, type, id, version);
      await this.#record(transaction, caller, 'success', type, bsn, decision);
      return { bsn, versions };
    });
  }

  async #permitted(
    caller: Caller,
    type: JointType,
    id: string,
    interaction: 'read' | 'update',
  ): Promise<Known> {
    const { tenant } = caller;
    const record = await inTenant(this.dataSource, tenant, (transaction) =>
      findJoint(transaction, tenant, type, id),
    );
    if (record === undefined) throw new Failure('not-found', 'There is no such resource');
    const bsn = this.seal.openBsn(record.sealedBsn, `${tenant}/joint/${id}`);
    const decision = this.#decide(caller, interaction, record.participants);
    if (!decision.allow) return this.#deny(caller, type, bsn, decision);
    return { record, bsn, decision };
  }

  #decide(
    { tenant, identity }: Caller,
    interaction: 'read' | 'create' | 'update',
    participants: readonly string[],
  ): Decision {
    return this.policies.decide({
      policy: 'joint',
      subject: toAuthorisationSubject(identity),
      request: { interaction },
      context: { joint: { keeper: tenant, participants } },
    });
  }

  async #deny(caller: Caller, query: string, bsn: Bsn | undefined, decision: Decision): Promise<never> {
    await inTenant(this.dataSource, caller.tenant, (transaction) =>
      this.#record(transaction, caller, 'denied', query, bsn, decision),
    );
    throw new Failure('forbidden', 'This care provider takes no part in this record');
  }

  #record(
    transaction: Transaction,
    { tenant, identity: who, traceparent }: Caller,
    outcome: AccessEntry['outcome'],
    query: string,
    bsn: Bsn | undefined,
    { reasons }: Decision,
  ): Promise<void> {
    return recordAccess(this.eventLog, transaction, {
      activity: query.includes(' ') ? 'administer' : 'read',
      outcome,
      who,
      ...(bsn === undefined ? {} : { patient: toPatientIdentifier(bsn) }),
      custodian: tenant,
      detail: {
        query,
        resourceTypes: [query.split(' ', 1)[0] ?? ''],
        reasons: reasons.map(({ code }) => code),
      },
      observer: 'transfer',
      ...(traceparent === undefined ? {} : { traceparent }),
    });
  }
}

function serve(
  { body, version, lastUpdated }: Pick<JointVersion, 'body' | 'version' | 'lastUpdated'>,
  bsn: Bsn,
): ServedJoint {
  const meta = { versionId: String(version), lastUpdated: lastUpdated.toISOString() };
  const subject = { identifier: toPatientIdentifier(bsn) };
  return { resource: { ...body, meta, subject }, version, lastUpdated };
}

/** @throws Failure('malformed' | 'invalid') */
function readJoint(
  type: JointType,
  sent: unknown,
): { content: Members & { resourceType: JointType }; bsn: Bsn } {
  if (!isMembers(sent) || sent['resourceType'] !== type)
    throw new Failure('malformed', `A ${type} is expected`);
  const issues = validateResource(sent);
  if (issues.length > 0) throw new Failure('invalid', `The ${type} is not valid FHIR R4`, { issues });
  const { subject, meta: _meta, id: _id, ...content } = sent;
  const { system, value } = ((isMembers(subject) ? subject['identifier'] : undefined) ?? {}) as Members;
  const bsn = system === identifierSystems.bsn && typeof value === 'string' ? findBsn(value) : undefined;
  if (bsn === undefined)
    throw new Failure('invalid', 'The patient is named by BSN', {
      issues: [{ text: 'an identifier: the BSN', expression: `${type}.subject` }],
    });
  return { content: { ...content, resourceType: type }, bsn };
}

/** Care providers that take part: contributors of a plan, members of a team, as far as the keeper named them. */
function participantsOf(resource: JointResource, keeper: Ura): string[] {
  const elements =
    resource.resourceType === 'CarePlan'
      ? [resource['contributor']].flat()
      : [resource['participant']]
          .flat()
          .map((each) => (isMembers(each) && contributorOf(each) === keeper ? each['member'] : undefined));
  const uras = elements.flatMap((element) => {
    const { system, value } = ((isMembers(element) ? element['identifier'] : undefined) ?? {}) as Members;
    const ura = system === identifierSystems.ura && typeof value === 'string' ? findUra(value) : undefined;
    return ura === undefined ? [] : [ura];
  });
  return [...new Set(uras)].sort();
}
