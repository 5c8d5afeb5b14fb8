import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { FhirSourceConfiguration } from '../configuration.js';
import { ResourceCollection } from '../resources/resource-collection.js';

/** An export: what it holds is that of the moment it was asked for. */
export interface BulkExport {
  readonly id: string;
  readonly transactionTime: Date;
  readonly request: string;
  readonly readyAt: number;
  /** NDJSON by name of the file. */
  readonly output: ReadonlyMap<string, string>;
  readonly deleted: ReadonlyMap<string, string>;
}

/** Exports of everything the server holds (FHIR Bulk Data Access 2), kept for a while. */
@Injectable()
export class BulkExports {
  readonly #exports = new Map<string, BulkExport>();

  constructor(
    private readonly resources: ResourceCollection,
    private readonly configuration: FhirSourceConfiguration,
  ) {}

  start(request: string, types: readonly string[] | undefined, since: Date | undefined): BulkExport {
    const now = new Date();
    const isWanted = (type: string, at: Date): boolean =>
      (types?.includes(type) ?? true) && (since === undefined || at >= since);
    const output = new Map<string, string>();
    for (const { type, lastUpdated, body } of this.resources.all())
      if (isWanted(type, lastUpdated)) output.set(type, `${output.get(type) ?? ''}${body}\n`);
    const gone =
      since === undefined
        ? []
        : this.resources.history().filter((entry) => this.#isGone(entry) && isWanted(entry.type, entry.at));
    const entry = gone.map(({ type, id }) => ({ request: { method: 'DELETE', url: `${type}/${id}` } }));
    const deletions = `${JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry })}\n`;
    const started: BulkExport = {
      id: randomUUID(),
      transactionTime: now,
      request,
      readyAt: now.getTime() + this.configuration.exportDurationSeconds * 1000,
      output,
      deleted: entry.length === 0 ? new Map() : new Map([['deleted', deletions]]),
    };
    this.#exports.set(started.id, started);
    return started;
  }

  find(id: string): BulkExport | undefined {
    const found = this.#exports.get(id);
    if (found === undefined || Date.now() < this.expiryOf(found).getTime()) return found;
    this.#exports.delete(id);
    return undefined;
  }

  expiryOf({ readyAt }: BulkExport): Date {
    return new Date(readyAt + this.configuration.exportLifetimeSeconds * 1000);
  }

  discard(id: string): boolean {
    return this.#exports.delete(id);
  }

  #isGone({ type, id, resource }: { type: string; id: string; resource: unknown }): boolean {
    return resource === undefined && this.resources.find(type, id) === undefined;
  }
}
