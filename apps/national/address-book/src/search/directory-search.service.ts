import { Injectable } from '@nestjs/common';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { storedColumns, type StoredResource } from '../directory/directory-store.js';
import { findReferenceElement } from '../directory/directory-types.js';
import { referencesIn } from '../directory/search-columns.js';
import type { Inclusion, SearchQuery } from './search-query.js';
import { toCountStatement, toSearchStatement } from './search-statement.js';

export interface SearchPage {
  readonly matches: readonly StoredResource[];
  readonly included: readonly StoredResource[];
  readonly total: number;
  /** Where the next page starts; absent on the last. */
  readonly next?: string;
}

@Injectable()
export class DirectorySearch {
  readonly #base: string;

  constructor(
    private readonly dataSource: DataSource,
    environment: ServiceEnvironment,
  ) {
    this.#base = `${environment.publicUrl}/fhir`;
  }

  async search(query: SearchQuery): Promise<SearchPage> {
    const statement = toSearchStatement(query);
    const rows = await this.dataSource.query<StoredResource[]>(statement.sql, [...statement.values]);
    const matches = rows.slice(0, query.count);
    const last = matches.at(-1);
    const hasMore = rows.length > query.count;
    const total = hasMore || query.after !== undefined ? await this.#count(query) : matches.length;
    const included = await this.#include(query, matches);
    return { matches, included, total, ...(hasMore && last !== undefined ? { next: last.id } : {}) };
  }

  async #count(query: SearchQuery): Promise<number> {
    const { sql, values } = toCountStatement(query);
    const [row] = await this.dataSource.query<{ count: number }[]>(sql, [...values]);
    return row?.count ?? 0;
  }

  /** Each included resource once, and none that matched itself. */
  async #include(query: SearchQuery, matches: readonly StoredResource[]): Promise<readonly StoredResource[]> {
    const targets = query.include.flatMap((inclusion) => this.#targetsOf(inclusion, matches));
    const sources = query.revinclude.flatMap(({ type, parameter }) =>
      matches.map((match) => ({ type, reference: `${parameter}=${match.resourceType}/${match.id}` })),
    );
    if (targets.length + sources.length === 0) return [];
    const found = [...(await this.#read(targets)), ...(await this.#referring(sources))];
    const matched = new Set(matches.map((match) => `${match.resourceType}/${match.id}`));
    const others = new Map(found.map((resource) => [`${resource.resourceType}/${resource.id}`, resource]));
    for (const key of matched) others.delete(key);
    return [...others.values()];
  }

  /** By key, whatever the size of the directory. */
  async #read(targets: readonly string[]): Promise<readonly StoredResource[]> {
    if (targets.length === 0) return [];
    const keys = targets.map((target) => target.split('/'));
    return this.dataSource.query<StoredResource[]>(
      `SELECT ${storedColumns} FROM unnest($1::text[], $2::text[]) AS wanted (wanted_type, wanted_id)
        CROSS JOIN LATERAL (SELECT * FROM resource WHERE resource_type = wanted_type AND id = wanted_id OFFSET 0) AS found`,
      [keys.map(([type]) => type), keys.map(([, id]) => id)],
    );
  }

  async #referring(
    sources: readonly { readonly type: string; readonly reference: string }[],
  ): Promise<readonly StoredResource[]> {
    if (sources.length === 0) return [];
    return this.dataSource.query<StoredResource[]>(
      `SELECT ${storedColumns} FROM resource
        WHERE resource_references && $1::text[] AND resource_type = ANY ($2::text[]) ORDER BY resource_type, id`,
      [sources.map(({ reference }) => reference), sources.map(({ type }) => type)],
    );
  }

  #targetsOf({ type, parameter }: Inclusion, matches: readonly StoredResource[]): string[] {
    const element = findReferenceElement(type, parameter);
    if (element === undefined) return [];
    return matches
      .filter((match) => match.resourceType === type)
      .flatMap((match) =>
        referencesIn((JSON.parse(match.content) as Record<string, unknown>)[element], this.#base),
      );
  }
}
