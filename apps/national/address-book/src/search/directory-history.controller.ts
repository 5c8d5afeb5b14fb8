import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { RequireScopes } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { getType } from '../write/write-request.js';
import type { Parameters } from './search-query.js';

interface VersionRow {
  readonly id: string;
  readonly version: number;
  readonly updated: string;
  readonly content: string;
}

const DEFAULT_COUNT = 100;
const MAXIMUM_COUNT = 1_000;

/** What happened to the resources of a type (ITI-91), oldest first: whoever follows reads on where it was. */
@Controller('fhir')
@RequireScopes('lrza:read')
export class DirectoryHistoryController {
  readonly #base: string;

  constructor(
    private readonly dataSource: DataSource,
    environment: ServiceEnvironment,
  ) {
    this.#base = `${environment.publicUrl}/fhir`;
  }

  @Get(':type/_history')
  @Header('content-type', 'application/fhir+json; charset=utf-8')
  async history(@Param('type') typeName: string, @Query() parameters: Parameters): Promise<string> {
    const type = getType(typeName);
    const { since, count, after } = readHistoryQuery(parameters);
    // Before the rows: what is committed meanwhile is found again from this moment.
    const now = new Date().toISOString();
    const rows = await this.dataSource.query<VersionRow[]>(
      `SELECT id, version, content, to_json(last_updated) #>> '{}' AS updated FROM resource_version
        WHERE resource_type = $1 AND (last_updated, id, version) > ($2::timestamptz, $3::text, $4::int)
        ORDER BY last_updated, id, version LIMIT $5`,
      [type, after?.updated ?? since, after?.id ?? '', after?.version ?? 0, count + 1],
    );
    const page = rows.slice(0, count);
    const last = page.at(-1);
    const query = new URLSearchParams({
      _count: String(count),
      ...(since === EVER ? {} : { _since: since }),
    });
    const link = [{ relation: 'self', url: `${this.#base}/${type}/_history?${query.toString()}` }];
    if (rows.length > count && last !== undefined) {
      query.set('_cursor', cursorOf(last));
      link.push({ relation: 'next', url: `${this.#base}/${type}/_history?${query.toString()}` });
    }
    const entries = page.map((row) => this.#toEntry(type, row));
    return `{"resourceType":"Bundle","type":"history","meta":{"lastUpdated":"${now}"},"link":${JSON.stringify(link)},"entry":[${entries.join(',')}]}`;
  }

  #toEntry(type: string, { id, version, content }: VersionRow): string {
    const fullUrl = JSON.stringify(`${this.#base}/${type}/${id}`);
    const request = JSON.stringify({ method: 'PUT', url: `${type}/${id}` });
    const response = JSON.stringify({ status: version === 1 ? '201' : '200', etag: `W/"${version}"` });
    return `{"fullUrl":${fullUrl},"resource":${content},"request":${request},"response":${response}}`;
  }
}

const EVER = '-infinity';

function readHistoryQuery(parameters: Parameters): {
  since: string;
  count: number;
  after: { updated: string; id: string; version: number } | undefined;
} {
  let since = EVER;
  let count = DEFAULT_COUNT;
  let after: { updated: string; id: string; version: number } | undefined;
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value !== 'string') throw new Failure('malformed', 'A parameter may be given once');
    if (name === '_since') since = readInstant(value);
    else if (name === '_count' && /^[1-9]\d{0,5}$/.test(value))
      count = Math.min(Number(value), MAXIMUM_COUNT);
    else if (name === '_cursor') after = readCursor(value);
    else if (name !== '_format') throw new Failure('malformed', 'A history has _since and _count');
  }
  return { since, count, after };
}

function readInstant(text: string): string {
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime())) throw new Failure('malformed', '_since must be an instant');
  return instant.toISOString();
}

function cursorOf({ updated, id, version }: VersionRow): string {
  return Buffer.from(JSON.stringify([updated, id, version])).toString('base64url');
}

function readCursor(text: string): { updated: string; id: string; version: number } {
  try {
    const [updated, id, version] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    if (typeof updated === 'string' && typeof id === 'string' && Number.isInteger(version))
      return { updated: String(updated), id, version: version as number };
  } catch {
    // Falls through: the parser's words could quote it.
  }
  throw new Failure('malformed', 'The cursor is not one of this server');
}
