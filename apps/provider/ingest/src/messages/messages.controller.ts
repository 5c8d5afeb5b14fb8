import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { AdministrationTrail } from '../administration-trail.js';
import { NeighbourServices } from '../outbound/neighbour-services.js';
import { replayPayload } from '../replay/republish.js';
import { organisationOf, requireUuid } from '../quarantine/own-entries.js';
import { readSourceId } from '../sources/own-tenant.js';
import { SourceRegistry } from '../sources/source-registry.js';
import { findMessage, listMessages, type KeptMessage, type MessageLine } from './message-store.js';

const MOST_MESSAGES = 200;
const LARGEST_BYTES = 6 * 1024 * 1024;

/** What one message said, and what the mapping in use makes of it. */
export interface MessageContent extends MessageLine {
  readonly source: string;
  /** The bytes that the source sent, base64. */
  readonly content: string;
  /** The event that the mapping would publish: resources, or why it refuses. */
  readonly outcome: unknown;
}

/**
 * Messages of the caller's care provider. A list says nothing of patients; what a message says is patient data: it takes a
 * scope of its own, and each look is on record.
 */
@Controller()
export class MessagesController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly registry: SourceRegistry,
    private readonly trail: AdministrationTrail,
    private readonly neighbours: NeighbourServices,
  ) {}

  @Get('sources/:sourceId/messages')
  @RequireScopes('ingest:admin')
  async list(
    @Identity() identity: VerifiedIdentity,
    @Param('sourceId') sourceId: string,
    @Query('count') count = '50',
    @Query('before') before?: string,
  ): Promise<{ messages: MessageLine[] }> {
    const page = {
      count: Number(count),
      before: before === undefined ? Number.MAX_SAFE_INTEGER : Number(before),
    };
    if (!Number.isInteger(page.count) || page.count < 1 || page.count > MOST_MESSAGES)
      throw new Failure('malformed', `count is a number from 1 to ${String(MOST_MESSAGES)}`);
    if (!Number.isInteger(page.before) || page.before < 1)
      throw new Failure('malformed', 'before is the position of a message');
    const tenant = organisationOf(identity);
    const source = this.registry.find(tenant, readSourceId(sourceId));
    if (source === undefined) throw new Failure('not-found', 'This source is not declared');
    const messages = await inTransaction(this.dataSource, (transaction) =>
      listMessages(transaction, tenant, source.id, page),
    );
    return { messages };
  }

  @Get('messages/:id')
  @RequireScopes('ingest:content')
  @Header('cache-control', 'no-store')
  async get(@Identity() identity: VerifiedIdentity, @Param('id') id: string): Promise<MessageContent> {
    const tenant = organisationOf(identity);
    const messageId = requireUuid(id, 'There is no such message');
    const message = await inTransaction(this.dataSource, async (transaction) => {
      await this.trail.of(identity, tenant, `GET messages/${messageId}`)(transaction);
      return findMessage(transaction, tenant, messageId);
    });
    if (message === undefined) throw new Failure('not-found', 'There is no such message');
    if (message.content.length > LARGEST_BYTES)
      throw new Failure('invalid', 'This message is too large to be shown');
    const { content, ...line } = message;
    return {
      ...line,
      content: content.toString('base64'),
      outcome: await this.#outcomeOf(message, identity),
    };
  }

  async #outcomeOf(message: KeptMessage, caller: VerifiedIdentity): Promise<unknown> {
    const tenant = organisationOf(caller);
    const source = this.registry.find(tenant, message.source);
    if (source === undefined) throw new Failure('not-found', 'The source of this message is not declared');
    const terms = { tenant, source, accepting: [], replayedAt: message.receivedAt, run: undefined };
    const payload = replayPayload(message.id, { ...message, entryId: null }, terms);
    const body = JSON.stringify({ messages: [payload] });
    const { results } = await this.neighbours.ask<{ results: unknown[] }>(
      'normalise',
      caller,
      '/dry-run',
      body,
    );
    return results[0];
  }
}
