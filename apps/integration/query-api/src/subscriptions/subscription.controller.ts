import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  Headers,
  HttpCode,
  Param,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { fhirJson } from '@samenhang/fhir-http';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyReply } from 'fastify';
import { continueTrace } from '../patient-view/trace-context.js';
import { websocketPath } from './live-connections.js';
import { notificationBundle } from './notification.js';
import { readSubscription } from './read-subscription.js';
import { subscriptionResource } from './subscription-resource.js';
import { SubscriptionService } from './subscription.service.js';

/** Subscriptions to changes of a patient, as the backport guide has topic-based subscriptions in R4. */
@Controller('fhir/Subscription')
@RequireScopes('view:read')
export class SubscriptionController {
  constructor(
    private readonly service: SubscriptionService,
    private readonly environment: ServiceEnvironment,
  ) {}

  @Post()
  @HttpCode(201)
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async create(
    @Body() body: unknown,
    @Headers('traceparent') traceparent: string | undefined,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const requested = readSubscription(body);
    const subscription = await this.service.create(identity, continueTrace(traceparent), requested);
    void reply.header('location', `${this.#base}/Subscription/${subscription.id}`);
    return JSON.stringify(subscriptionResource(subscription));
  }

  @Get(':id')
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async read(@Param('id') id: string, @Identity() identity: VerifiedIdentity): Promise<string> {
    return JSON.stringify(subscriptionResource(await this.service.find(identity, id)));
  }

  @Delete(':id')
  @HttpCode(204)
  end(@Param('id') id: string, @Identity() identity: VerifiedIdentity): Promise<void> {
    return this.service.end(identity, id);
  }

  @Get(':id/$status')
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async status(@Param('id') id: string, @Identity() identity: VerifiedIdentity): Promise<string> {
    const subscription = await this.service.find(identity, id);
    return JSON.stringify(
      notificationBundle({
        subscription,
        type: 'query-status',
        events: [],
        base: this.#base,
        at: new Date(),
      }),
    );
  }

  @Get(':id/$events')
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async events(
    @Param('id') id: string,
    @Query() query: Readonly<Record<string, unknown>>,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    const from = readNumber(query, 'eventsSinceNumber');
    const until = readNumber(query, 'eventsUntilNumber');
    const { subscription, events } = await this.service.catchUp(identity, id, {
      ...(from === undefined ? {} : { from }),
      ...(until === undefined ? {} : { until }),
    });
    return JSON.stringify(
      notificationBundle({ subscription, type: 'query-event', events, base: this.#base, at: new Date() }),
    );
  }

  @Post(':id/$get-ws-binding-token')
  @HttpCode(200)
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async bind(@Param('id') id: string, @Identity() identity: VerifiedIdentity): Promise<string> {
    const { token, expiresAt } = await this.service.bind(identity, id);
    return JSON.stringify({
      resourceType: 'Parameters',
      parameter: [
        { name: 'token', valueString: token },
        { name: 'expiration', valueDateTime: expiresAt.toISOString() },
        { name: 'subscription', valueString: id },
        {
          name: 'websocket-url',
          valueUrl: `${this.environment.publicUrl.replace(/^http/, 'ws')}${websocketPath}`,
        },
      ],
    });
  }

  get #base(): string {
    return `${this.environment.publicUrl}/fhir`;
  }
}

function readNumber(query: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const text = query[name];
  if (text === undefined) return undefined;
  if (typeof text === 'string' && /^\d{1,15}$/.test(text)) return Number(text);
  throw new Failure('malformed', `${name} is a number`);
}
