import { Injectable } from '@nestjs/common';
import type { MessageId, SourceId, Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { NeighbourServices } from '../outbound/neighbour-services.js';
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
    private readonly neighbours: NeighbourServices,
  ) {}

  async explain(
    tenant: Ura,
    element: ElementReference,
    caller: VerifiedIdentity,
  ): Promise<ElementExplanation> {
    const { resourceType, id } = element;
    const origin = await this.neighbours.ask<Origin>(
      'record',
      caller,
      `/origins/${encodeURIComponent(resourceType)}/${encodeURIComponent(id)}`,
    );
    const source = this.registry.find(tenant, origin.sourceId);
    if (source === undefined) throw new Failure('not-found', 'The source of this resource is not declared');
    const original = await this.#originalOf(tenant, origin);
    const terms = { tenant, source, accepting: [], replayedAt: new Date(), run: undefined };
    const message = replayPayload(original.id, original, terms);
    const explanation = await this.neighbours.ask<Record<string, unknown>>(
      'normalise',
      caller,
      '/explanations',
      JSON.stringify({ message, ...element }),
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
}
