import { createHash, timingSafeEqual } from 'node:crypto';
import { Body, Controller, Headers, HttpCode, Param, Post, Put } from '@nestjs/common';
import { findSourceId, findUra } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { Public } from '@samenhang/identity';
import { PullConnector } from '../fhir/pull-connector.js';
import { SourceSecrets } from '../secrets/source-secrets.js';
import { SourceRegistry } from '../sources/source-registry.js';
import type { Source } from '../sources/source.js';
import { notificationKind } from './read-notification.js';

const DEFAULT_DEBOUNCE_SECONDS = 2;

/**
 * Where FHIR Subscriptions of a source notify. Their senders have no tokens of ours: the source's own secret is in the
 * header of the Subscription's channel. What a notification says is never taken over; it makes ingest read what changed.
 */
@Controller('tenants/:ura/sources/:sourceId/notifications')
export class NotificationsController {
  constructor(
    private readonly registry: SourceRegistry,
    private readonly secrets: SourceSecrets,
    private readonly pulls: PullConnector,
  ) {}

  @Post()
  @HttpCode(200)
  @Public()
  async notify(
    @Param('ura') ura: string,
    @Param('sourceId') sourceId: string,
    @Headers('authorization') authorization: string | undefined,
    @Body() body: unknown,
  ): Promise<void> {
    const source = await this.#getNotified(ura, sourceId, authorization);
    if (notificationKind(body) === 'event')
      this.pulls.trigger(
        source,
        source.declaration.notifications?.debounceSeconds ?? DEFAULT_DEBOUNCE_SECONDS,
      );
  }

  /** With a payload, an R4 server sends an update of the resource to the endpoint (FHIR R4 subscription.html#2.46.7.1). */
  @Put(':resourceType/:id')
  @HttpCode(200)
  @Public()
  notifyWithResource(
    @Param('ura') ura: string,
    @Param('sourceId') sourceId: string,
    @Headers('authorization') authorization: string | undefined,
    @Body() body: unknown,
  ): Promise<void> {
    return this.notify(ura, sourceId, authorization, body);
  }

  /** Unknown sources are answered as wrong secrets are: who has no secret learns nothing. */
  async #getNotified(ura: string, sourceId: string, authorization: string | undefined): Promise<Source> {
    const tenant = findUra(ura);
    const id = findSourceId(sourceId);
    const source = tenant === undefined || id === undefined ? undefined : this.registry.find(tenant, id);
    const name = source?.declaration.notifications?.secret;
    if (source === undefined || name === undefined) throw refused();
    const secret = await this.secrets.read(source, name).catch(() => undefined);
    if (secret === undefined || !isEqual(authorization ?? '', `Bearer ${secret.trim()}`)) throw refused();
    return this.registry.getReceiving(source.tenant, source.id);
  }
}

function refused(): Failure {
  return new Failure('unauthenticated', 'The notification does not carry the secret of its source');
}

/** In constant time, whatever the lengths. */
function isEqual(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
