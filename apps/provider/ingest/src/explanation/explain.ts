import { Injectable } from '@nestjs/common';
import type { MessageId, SourceId, Ura } from '@samenhang/data-model';
import { Failure, failureKinds, type FailureKind } from '@samenhang/errors';
import { AccessTokens, authorisedFetch, type VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { selectOriginals, type OriginalMessage } from '../replay/original-message.js';
import { replayPayload } from '../replay/republish.js';
import { SourceRegistry } from '../sources/source-registry.js';

export interface ElementReference {
  readonly resourceType: string;
  readonly id: string;
  /** FHIRPath: names and indexes. */
  readonly path: string;
}

/** As the record says it. */
interface Origin {
  readonly sourceId: SourceId;
  readonly position: number;
  readonly receivedAt: string;
  readonly mappingVersion: string;
}

/** The message an element comes from, and what the mapping says of its place in it. */
export interface ElementExplanation {
  readonly message: {
    readonly messageId: MessageId;
    readonly source: SourceId;
    readonly position: number;
    readonly controlId: string | null;
    readonly receivedAt: string;
  };
  /** Version that made the resource as it is held. */
  readonly madeBy: string;
  readonly [part: string]: unknown;
}

const LARGEST_BYTES = 6 * 1024 * 1024;

/**
 * Finds the message that a resource was made of and has `normalise` say from which places of it an element comes. On the
 * caller's authority, passed on by token exchange (RFC 8693).
 */
@Injectable()
export class Explain {
  constructor(
    private readonly dataSource: DataSource,
    private readonly registry: SourceRegistry,
    private readonly environment: ServiceEnvironment,
    private readonly tokens: AccessTokens,
  ) {}

  async explain(
    tenant: Ura,
    element: ElementReference,
    caller: VerifiedIdentity,
  ): Promise<ElementExplanation> {
    const { resourceType, id } = element;
    const origin = await this.#ask<Origin>(
      { name: 'record', scope: 'record:compare', caller },
      `/origins/${encodeURIComponent(resourceType)}/${encodeURIComponent(id)}`,
    );
    const source = this.registry.find(tenant, origin.sourceId);
    if (source === undefined) throw new Failure('not-found', 'The source of this resource is not declared');
    const original = await this.#originalOf(tenant, origin);
    const terms = { tenant, source, accepting: [], replayedAt: new Date(), run: undefined };
    const message = replayPayload(original.id, original, terms);
    const explanation = await this.#ask<Record<string, unknown>>(
      { name: 'normalise', scope: 'normalise:map', caller },
      '/explanations',
      { message, ...element },
    );
    const { controlId, position, receivedAt } = original;
    return {
      message: {
        messageId: original.id,
        source: origin.sourceId,
        position,
        controlId,
        receivedAt: receivedAt.toISOString(),
      },
      madeBy: origin.mappingVersion,
      ...explanation,
    };
  }

  async #originalOf(tenant: Ura, { sourceId, position }: Origin): Promise<OriginalMessage> {
    const criteria = { source: sourceId, quarantined: false, accepting: [] };
    const range = { after: position - 1, last: position };
    const limits = { messages: 1, bytes: LARGEST_BYTES };
    const [original] = await inTransaction(this.dataSource, (transaction) =>
      selectOriginals(transaction, tenant, criteria, range, limits),
    );
    if (original === undefined)
      throw new Failure('not-found', 'The message that this resource was made of is not kept');
    if (original.content.length > LARGEST_BYTES)
      throw new Failure('invalid', 'The message that this resource was made of is too large to explain');
    return original;
  }

  async #ask<T>(
    service: {
      readonly name: 'record' | 'normalise';
      readonly scope: string;
      readonly caller: VerifiedIdentity;
    },
    path: string,
    body?: object,
  ): Promise<T> {
    const audience = this.environment.serviceUrl(service.name);
    const token = await this.tokens.exchange({ subject: service.caller, audience, scope: service.scope });
    const response = await authorisedFetch(
      token,
      `${audience}${path}`,
      body === undefined
        ? { method: 'GET' }
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    );
    const answer = (await response.json()) as T & { readonly detail?: string };
    if (response.ok) return answer;
    throw new Failure(kindOf(response.status), answer.detail ?? `${service.name} does not answer this`);
  }
}

/** What is wrong with the question is passed on; all else is a fault between the services. */
function kindOf(status: number): FailureKind {
  return status === failureKinds['not-found'].status
    ? 'not-found'
    : status === failureKinds.malformed.status
      ? 'malformed'
      : 'upstream';
}
