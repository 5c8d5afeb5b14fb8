import type { DataCategory, Ura } from '@samenhang/data-model';
import { isDataCategory } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { readAnswer } from './answer.js';
import type { AuthorisedSend, TokenProvider } from './authorised-access.js';

export interface OwnRegistrationsOptions<Token> {
  readonly referenceIndexUrl: string;
  readonly tokens: Pick<TokenProvider<Token, never>, 'clientCredentials'>;
  readonly send: AuthorisedSend<Token>;
  readonly timeoutMs?: number;
}

/** What one custodian registered from one source. */
export interface OwnSource {
  readonly custodian: Ura;
  readonly sourceId: string;
}

/** Of the registrations of one category whose ids begin with the same two digits. */
export interface RegistrationBucket {
  readonly category: DataCategory;
  readonly bucket: string;
}

export interface BucketDigest extends RegistrationBucket {
  readonly count: number;
  readonly digest: string;
}

export interface RegistrationDigest {
  /** How many are kept under an older pseudonymisation key: registering them again moves them. */
  readonly outdated: number;
  readonly buckets: readonly BucketDigest[];
}

const DEFAULT_TIMEOUT_MS = 30_000;
const PAGE = 1_000;
const WITHDRAWALS = 500;

/** A custodian's own registrations by their ids: to compare, and to withdraw what should not be there. */
export class OwnRegistrationsClient<Token> {
  constructor(private readonly options: OwnRegistrationsOptions<Token>) {}

  async digest({ custodian, sourceId }: OwnSource): Promise<RegistrationDigest> {
    const query = new URLSearchParams({ source: sourceId });
    const answer = await this.#get(custodian, `/registrations/digest?${query.toString()}`);
    const { outdated, buckets } = (answer ?? {}) as { outdated?: unknown; buckets?: unknown };
    if (typeof outdated !== 'number' || !Array.isArray(buckets)) throw unreadable();
    return { outdated, buckets: buckets.map(readBucket) };
  }

  /** All ids of one bucket. */
  async idsOf(
    { custodian, sourceId }: OwnSource,
    { category, bucket }: RegistrationBucket,
  ): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const query = new URLSearchParams({ source_id: sourceId, category, bucket, count: String(PAGE) });
      if (cursor !== '') query.set('cursor', cursor);
      const answer = await this.#get(custodian, `/registrations?${query.toString()}`);
      const page = (answer ?? {}) as { registrations?: { id: string }[]; next?: string };
      if (!Array.isArray(page.registrations)) throw unreadable();
      ids.push(...page.registrations.map(({ id }) => id));
      cursor = page.next;
    }
    return ids;
  }

  async withdraw({ custodian }: OwnSource, ids: readonly string[]): Promise<void> {
    for (let start = 0; start < ids.length; start += WITHDRAWALS) {
      const entry = ids.slice(start, start + WITHDRAWALS).map((id) => ({
        request: { method: 'DELETE', url: `List/${id}` },
      }));
      const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
      await this.#ask(custodian, 'nvi:create nvi:delete', '/fhir', body);
    }
  }

  #get(custodian: Ura, path: string): Promise<unknown> {
    return this.#ask(custodian, 'nvi:read', path, undefined);
  }

  async #ask(custodian: Ura, scope: string, path: string, body: string | undefined): Promise<unknown> {
    const { referenceIndexUrl: audience, tokens, send, timeoutMs = DEFAULT_TIMEOUT_MS } = this.options;
    const token = await tokens.clientCredentials({ audience, scope, organisation: custodian });
    const headers = {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
    };
    const request =
      body === undefined
        ? ({ method: 'GET', headers, timeoutMs } as const)
        : ({ method: 'POST', headers, timeoutMs, body } as const);
    return readAnswer('reference index', () => send(token, `${audience}${path}`, request));
  }
}

function readBucket(value: unknown): BucketDigest {
  const { category, bucket, count, digest } = (value ?? {}) as Record<string, unknown>;
  if (typeof category !== 'string' || !isDataCategory(category)) throw unreadable();
  if (typeof bucket !== 'string' || typeof count !== 'number' || typeof digest !== 'string')
    throw unreadable();
  return { category, bucket, count, digest };
}

function unreadable(): Failure {
  return new Failure('upstream', 'The reference index gave an answer that cannot be read');
}
