import { Controller, Get, Header, Param, Query, UseGuards } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { ResourceCollection, type HistoryEntry } from '../resources/resource-collection.js';
import { SmartGuard } from './smart-guard.js';

const FHIR_JSON = 'application/fhir+json; charset=utf-8';
const DEFAULT_COUNT = 50;
const MAXIMUM_COUNT = 500;

interface HistoryQuery {
  readonly _since?: string;
  readonly _count?: string;
  /** Of our own next links: what comes before this sequence. */
  readonly _before?: string;
}

/** Histories of the system, a type and a resource, with deletions, newest first (FHIR R4 http.html#history). */
@Controller('fhir')
@UseGuards(SmartGuard)
export class HistoryController {
  readonly #base: string;

  constructor(
    private readonly resources: ResourceCollection,
    environment: ServiceEnvironment,
  ) {
    this.#base = `${environment.publicUrl}/fhir`;
  }

  @Get('_history')
  @Header('content-type', FHIR_JSON)
  ofSystem(@Query() query: HistoryQuery): string {
    return this.#page('_history', this.resources.history(), query);
  }

  @Get(':type/_history')
  @Header('content-type', FHIR_JSON)
  ofType(@Param('type') type: string, @Query() query: HistoryQuery): string {
    return this.#page(`${type}/_history`, this.resources.history(type), query);
  }

  @Get(':type/:id/_history')
  @Header('content-type', FHIR_JSON)
  ofInstance(@Param('type') type: string, @Param('id') id: string, @Query() query: HistoryQuery): string {
    const entries = this.resources.history(type, id);
    if (entries.length === 0) throw new Failure('not-found', 'There is no such resource');
    return this.#page(`${type}/${id}/_history`, entries, query);
  }

  #page(path: string, all: readonly HistoryEntry[], { _since, _count, _before }: HistoryQuery): string {
    const since = _since === undefined ? undefined : Date.parse(_since);
    const count = Math.min(Number(_count ?? DEFAULT_COUNT), MAXIMUM_COUNT);
    const before = Number(_before ?? Infinity);
    if (Number.isNaN(since) || !Number.isInteger(count) || count < 1 || Number.isNaN(before))
      throw new Failure('malformed', '_since is an instant and _count a positive number');
    const wanted = all.filter(
      ({ at, sequence }) => sequence < before && (since === undefined || at.getTime() >= since),
    );
    const page = wanted.slice(0, count);
    const last = page.at(-1);
    const link = [{ relation: 'self', url: `${this.#base}/${path}` }];
    if (last !== undefined && wanted.length > page.length) {
      const query = new URLSearchParams({
        ...(_since !== undefined && { _since }),
        _count: String(count),
        _before: String(last.sequence),
      });
      link.push({ relation: 'next', url: `${this.#base}/${path}?${query.toString()}` });
    }
    const entries = page.map((entry) => this.#write(entry)).join(',');
    return `{"resourceType":"Bundle","type":"history","link":${JSON.stringify(link)}${entries === '' ? '' : `,"entry":[${entries}]`}}`;
  }

  #write({ type, id, at, resource, isNew }: HistoryEntry): string {
    const lastModified = at.toISOString();
    const name = `${type}/${id}`;
    const request =
      resource === undefined
        ? { method: 'DELETE', url: name }
        : { method: isNew ? 'POST' : 'PUT', url: isNew ? type : name };
    const status = resource === undefined ? '204' : isNew ? '201' : '200';
    const rest = JSON.stringify({ request, response: { status, lastModified } }).slice(1);
    const body = resource === undefined ? '' : `"resource":${resource.body},`;
    return `{"fullUrl":${JSON.stringify(`${this.#base}/${name}`)},${body}${rest}`;
  }
}
