import { Body, Controller, Get, Header, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { toPatientIdentifier } from '@samenhang/patient-identity';
import { inTransaction } from '@samenhang/persistence';
import { EVENT_LOG, ServiceEnvironment } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { platformStream } from '../chain/audit-trail.js';
import { PatientKeys } from '../patient-keys.js';
import { cursorOf, readSearch, type AuditSearch } from './audit-search.js';

interface FoundEvent {
  readonly sequence: number;
  readonly event_id: string;
  readonly content: string;
}

type Parameters = Record<string, string | string[] | undefined>;

/** The trail of the asking care provider, newest first. Looking at it is recorded in it. */
@Controller('fhir/AuditEvent')
@RequireScopes('audit:read')
export class AuditEventController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly patients: PatientKeys,
    private readonly environment: ServiceEnvironment,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
  ) {}

  @Get()
  @Header('content-type', 'application/fhir+json; charset=utf-8')
  search(@Query() parameters: Parameters, @Identity() identity: VerifiedIdentity): Promise<string> {
    return this.#answer(readSearch(parameters, 'url'), identity);
  }

  @Post('_search')
  @HttpCode(200)
  @Header('content-type', 'application/fhir+json; charset=utf-8')
  searchByBody(
    @Body() parameters: Parameters | undefined,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    return this.#answer(readSearch(parameters ?? {}, 'body'), identity);
  }

  #answer(search: AuditSearch, identity: VerifiedIdentity): Promise<string> {
    const stream = identity.organisation?.ura ?? platformStream;
    return inTransaction(this.dataSource, async (transaction) => {
      const found = await this.#find(transaction, stream, search);
      await recordAccess(this.eventLog, transaction, {
        activity: 'audit-read',
        outcome: 'success',
        who: identity,
        ...(search.patient === undefined ? {} : { patient: toPatientIdentifier(search.patient) }),
        ...(identity.organisation === undefined ? {} : { custodian: identity.organisation.ura }),
        detail: { resourceTypes: ['AuditEvent'], query: describe(search) },
        observer: 'audit',
      });
      return this.#toBundle(found, search);
    });
  }

  async #find(transaction: Transaction, stream: string, search: AuditSearch): Promise<FoundEvent[]> {
    const conditions = ['stream = $1'];
    const values: unknown[] = [stream];
    const add = (condition: string, value: unknown): void => {
      values.push(value);
      conditions.push(`${condition} $${values.length}`);
    };
    if (search.from !== undefined) add('recorded_at >=', search.from);
    if (search.until !== undefined) add('recorded_at <', search.until);
    if (search.before !== undefined) add('sequence <', search.before);
    if (search.patient !== undefined) add('patient_key =', this.patients.keyOf(search.patient));
    values.push(search.count + 1);
    return transaction.query<FoundEvent>(
      `SELECT sequence, event_id, content FROM audit_event WHERE ${conditions.join(' AND ')} ORDER BY sequence DESC LIMIT $${values.length}`,
      values,
    );
  }

  /** Stored text is passed on as it is. The next page is asked for as this one was, so a patient stays out of its URL. */
  #toBundle(found: readonly FoundEvent[], search: AuditSearch): string {
    const page = found.slice(0, search.count);
    const base = `${this.environment.publicUrl}/fhir/AuditEvent`;
    const last = page.at(-1);
    const more = found.length > page.length && last !== undefined;
    const links = [
      { relation: 'self', url: base },
      ...(more ? [{ relation: 'next', url: `${base}?${nextQuery(search, last.sequence)}` }] : []),
    ];
    const entries = page.map(
      (event) =>
        `{"fullUrl":"${base}/${event.event_id}","resource":${event.content},"search":{"mode":"match"}}`,
    );
    return `{"resourceType":"Bundle","type":"searchset","link":${JSON.stringify(links)},"entry":[${entries.join(',')}]}`;
  }
}

function nextQuery(search: AuditSearch, sequence: number): string {
  const query = new URLSearchParams({ _count: String(search.count), cursor: cursorOf(sequence) });
  if (search.from !== undefined) query.append('date', `ge${search.from.toISOString()}`);
  if (search.until !== undefined) query.append('date', `lt${search.until.toISOString()}`);
  return query.toString();
}

function describe(search: AuditSearch): string {
  const { from, until, count } = search;
  return [`_count=${count}`, from && `date=ge${from.toISOString()}`, until && `date=lt${until.toISOString()}`]
    .filter(Boolean)
    .join('&');
}
