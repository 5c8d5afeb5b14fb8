import { Inject, Injectable } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import { identifierSystems, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import type { VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { EVENT_LOG, ServiceEnvironment } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import {
  lockAll,
  writeVersion,
  type ResourceKey,
  type StoredResource,
} from '../directory/directory-store.js';
import type { DirectoryResource } from '../directory/directory-types.js';
import { identifiersOf, searchColumnsOf } from '../directory/search-columns.js';
import { tellOfStopped } from '../directory/stopped-organisations.js';
import { findOwnershipFaults, referencedOrganisations } from './ownership.js';
import type { WriteRequest } from './write-request.js';

export interface WriteResult extends ResourceKey {
  readonly outcome: 'created' | 'updated' | 'unchanged';
  readonly version: number;
  readonly lastUpdated: Date;
  readonly content: string;
}

/** Writes of one care provider: all resources of a request together or none. */
@Injectable()
export class DirectoryWriter {
  readonly #base: string;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    environment: ServiceEnvironment,
  ) {
    this.#base = `${environment.publicUrl}/fhir`;
  }

  async write(requests: readonly WriteRequest[], identity: VerifiedIdentity): Promise<WriteResult[]> {
    const ura = identity.organisation?.ura;
    if (ura === undefined)
      throw new Failure(
        'forbidden',
        'The address book is written on behalf of a care provider; the token names none',
      );
    return inTransaction(this.dataSource, async (transaction) => {
      const stored = await this.#lock(transaction, requests);
      assertOwned(requests, stored, ura, this.#base);
      const results: WriteResult[] = [];
      for (const request of requests) results.push(await this.#writeOne(transaction, request, stored, ura));
      await tellOfStopped(transaction, this.eventLog, organisationsIn(requests));
      await this.#record(transaction, requests, identity, ura);
      return results;
    });
  }

  async #lock(
    transaction: Transaction,
    requests: readonly WriteRequest[],
  ): Promise<ReadonlyMap<string, StoredResource>> {
    const resources = requests.map(({ resource }) => resource);
    const organisations = referencedOrganisations(resources, this.#base).map((key) => ({
      resourceType: 'Organization' as const,
      id: key.slice('Organization/'.length),
    }));
    const rows = await lockAll(transaction, [...resources, ...organisations]);
    return new Map(rows.map((row) => [keyOf(row), row]));
  }

  async #writeOne(
    transaction: Transaction,
    { resource, ifMatch }: WriteRequest,
    stored: ReadonlyMap<string, StoredResource>,
    custodian: Ura,
  ): Promise<WriteResult> {
    const present = stored.get(keyOf(resource));
    if (ifMatch !== undefined && ifMatch !== present?.version) throw new Failure('precondition-failed');
    const { resourceType, id } = resource;
    if (present !== undefined && isSame(present, resource)) {
      return {
        resourceType,
        id,
        outcome: 'unchanged',
        version: present.version,
        lastUpdated: present.lastUpdated,
        content: present.content,
      };
    }
    const version = (present?.version ?? 0) + 1;
    const lastUpdated = new Date();
    const content = JSON.stringify(withMeta(resource, version, lastUpdated));
    const row = { resourceType, id, version, custodian, lastUpdated, content };
    const written = await writeVersion(transaction, { ...row, ...searchColumnsOf(resource, this.#base) });
    if (!written)
      throw new Failure('conflict', 'The resource was written by someone else at the same moment');
    return { ...row, outcome: present === undefined ? 'created' : 'updated' };
  }

  async #record(
    transaction: Transaction,
    requests: readonly WriteRequest[],
    who: VerifiedIdentity,
    custodian: Ura,
  ): Promise<void> {
    const resourceTypes = [...new Set(requests.map(({ resource }) => resource.resourceType))];
    await recordAccess(this.eventLog, transaction, {
      activity: 'administer',
      outcome: 'success',
      who,
      custodian,
      detail: { resourceTypes },
    });
  }
}

/** Care providers that are themselves written, not only something of theirs. */
function organisationsIn(requests: readonly WriteRequest[]): string[] {
  return requests
    .filter(({ resource }) => resource.resourceType === 'Organization')
    .flatMap(({ resource }) => identifiersOf(resource))
    .filter(({ system }) => system === identifierSystems.ura)
    .map(({ value }) => value);
}

function assertOwned(
  requests: readonly WriteRequest[],
  stored: ReadonlyMap<string, StoredResource>,
  ura: Ura,
  base: string,
): void {
  for (const { resource } of requests) {
    const custodian = stored.get(keyOf(resource))?.custodian;
    if (custodian !== undefined && custodian !== ura)
      throw new Failure('forbidden', 'The resource belongs to another care provider');
  }
  const own = new Set([...stored.values()].filter((row) => row.custodian === ura).map(keyOf));
  const faults = findOwnershipFaults(
    requests.map(({ resource }) => resource),
    ura,
    own,
    base,
  );
  const [first] = faults.sort((a) => (a.kind === 'forbidden' ? -1 : 1));
  if (first === undefined) return;
  const issues = faults.map(({ index, text, kind }) => ({
    text,
    code: kind === 'forbidden' ? 'forbidden' : 'business-rule',
    expression:
      requests.length === 1 ? (requests[0]?.resource.resourceType ?? '') : `Bundle.entry[${index}].resource`,
  }));
  throw new Failure(first.kind, first.text, { issues });
}

/** Whether nothing but version and time differs: a repeated write makes no new version. */
function isSame(present: StoredResource, resource: DirectoryResource): boolean {
  return comparable(JSON.parse(present.content) as DirectoryResource) === comparable(resource);
}

function comparable({ resourceType: _type, id: _id, meta, ...elements }: DirectoryResource): string {
  const { versionId: _version, lastUpdated: _updated, ...kept } = (meta ?? {}) as Record<string, unknown>;
  return JSON.stringify([kept, elements]);
}

function withMeta(resource: DirectoryResource, version: number, lastUpdated: Date): object {
  const { resourceType, id, meta, ...elements } = resource;
  const stamp = { versionId: String(version), lastUpdated: lastUpdated.toISOString() };
  return { resourceType, id, meta: { ...(meta as object | undefined), ...stamp }, ...elements };
}

function keyOf(key: ResourceKey): string {
  return `${key.resourceType}/${key.id}`;
}
