import {
  Body,
  Controller,
  Get,
  Header,
  Headers,
  HttpCode,
  Param,
  Post,
  Put,
  Query,
  Res,
} from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { fhirJson, versionHeaders } from '@samenhang/fhir-http';
import { Audience, Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyReply } from 'fastify';
import { InboxService } from '../inbox/inbox.service.js';
import { canonicalRequest, canonicalSearch } from '../offers/listed-request.js';
import { AUTHORIZATION_BASE } from '../peers/peer-client.js';
import { Tenants } from '../storage/tenants.js';
import { assembleDocument } from './assemble-document.js';
import { versionOfIfMatch } from './if-match.js';
import type { Receiver } from './record-reads.js';
import { SenderAccessService, type Caller, type ServedTask } from './sender-access.service.js';

type RequestHeaders = Readonly<Record<string, string | undefined>>;
type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

const TRACE_PARENT = /^00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const ID = /^[A-Za-z0-9\-.]{1,64}$/;

/**
 * What other care providers see of a tenant: as receiver it is notified, as sender it gives what it offered. Tokens are
 * for one tenant: the audience is its base URL.
 */
@Controller('tenants/:ura/fhir')
@Audience((publicUrl, { ura }) => `${publicUrl}/tenants/${ura}/fhir`)
@RequireScopes('transfer:exchange')
export class TransferFhirController {
  constructor(
    private readonly sender: SenderAccessService,
    private readonly inbox: InboxService,
    private readonly tenants: Tenants,
    private readonly environment: ServiceEnvironment,
  ) {}

  /** Twiin TA: a Notification Task. The same one again is the item it made. */
  @Post('Task')
  @Header('content-type', fhirJson)
  async notify(
    @Param('ura') ura: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { tenant } = this.#caller(ura, identity, {});
    const { item, isNew } = await this.inbox.takeNotification(tenant, identity, body);
    void reply.code(isNew ? 201 : 200).header('location', `${this.#base(tenant)}/Task/${item.id}`);
    return JSON.stringify({ resourceType: 'Task', id: item.id, status: item.status, intent: 'proposal' });
  }

  /** Conditional update by identifier: the sender withdraws a notification. */
  @Put('Task')
  @Header('content-type', fhirJson)
  async withdraw(
    @Param('ura') ura: string,
    @Query() query: RawQuery,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    const { tenant } = this.#caller(ura, identity, {});
    const { identifier } = query;
    if (typeof identifier !== 'string' || Object.keys(query).length !== 1)
      throw new Failure('malformed', 'A notification is updated by identifier: Task?identifier=system|value');
    const item = await this.inbox.withdraw(tenant, identity, identifier, body);
    return JSON.stringify({ resourceType: 'Task', id: item.id, status: item.status, intent: 'proposal' });
  }

  /** eOverdracht: an empty message that a Task at the sender is new or has changed. */
  @Post(':taskId')
  @HttpCode(202)
  async notifyOfTask(
    @Param('ura') ura: string,
    @Param('taskId') taskId: string,
    @Identity() identity: VerifiedIdentity,
  ): Promise<void> {
    const { tenant } = this.#caller(ura, identity, {});
    if (!ID.test(taskId)) throw new Failure('not-found', 'There is no such Task');
    await this.inbox.noteTask(tenant, identity, taskId);
  }

  @Get('Task/:id')
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async readTask(
    @Param('ura') ura: string,
    @Param('id') id: string,
    @Headers() headers: RequestHeaders,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return answerTask(reply, await this.sender.readTask(this.#caller(ura, identity, headers), taskIdOf(id)));
  }

  @Put('Task/:id')
  @Header('content-type', fhirJson)
  async updateTask(
    @Param('ura') ura: string,
    @Param('id') id: string,
    @Headers() headers: RequestHeaders,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const caller = this.#caller(ura, identity, headers);
    const task = taskIdOf(id);
    const version = versionOfIfMatch(headers['if-match']);
    return answerTask(reply, await this.sender.updateTask(caller, task, version, body));
  }

  @Get('Composition/:id/$document')
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  document(
    @Param('ura') ura: string,
    @Param('id') id: string,
    @Headers() headers: RequestHeaders,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    const caller = this.#caller(ura, identity, headers);
    const { tenant } = caller;
    const requested = requestedOf(`Composition/${id}`);
    return this.sender.pull(caller, {
      interaction: 'document',
      requested,
      authorizationBase: baseOf(headers),
      fetch: async ({ transfer, listed }, bsn) => {
        const read = (reference: string): Promise<string> => {
          const [type = '', of = ''] = reference.split('/', 2);
          return this.#read(caller, transfer, type, of, bsn);
        };
        return assembleDocument(this.#base(tenant), await read(requested), listed, read);
      },
    });
  }

  @Get(':type/:id')
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  read(
    @Param('ura') ura: string,
    @Param('type') type: string,
    @Param('id') id: string,
    @Headers() headers: RequestHeaders,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    const caller = this.#caller(ura, identity, headers);
    return this.sender.pull(caller, {
      interaction: 'read',
      requested: requestedOf(`${type}/${id}`),
      authorizationBase: baseOf(headers),
      fetch: ({ transfer }, bsn) => this.#read(caller, transfer, type, id, bsn),
    });
  }

  /** A search that was offered, in any order of its parameters; `_cursor` goes on with the pages of it. */
  @Get(':type')
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  search(
    @Param('ura') ura: string,
    @Param('type') type: string,
    @Query() query: RawQuery,
    @Headers() headers: RequestHeaders,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    const caller = this.#caller(ura, identity, headers);
    const parameters = Object.entries(query).flatMap(([name, value]) =>
      [value ?? ''].flat().map((each): [string, string] => [name, each]),
    );
    const named = parameters.filter(([name]) => name !== '_cursor');
    return this.sender.pull(caller, {
      interaction: 'search-type',
      requested: refusing(() => canonicalSearch(canonicalRequest(type), named)),
      authorizationBase: baseOf(headers),
      fetch: (_task, bsn) =>
        this.sender.record.ask(caller.tenant, bsn, receiverOf(caller), {
          search: { type, parameters, base: this.#base(caller.tenant) },
        }),
    });
  }

  async #read(
    caller: Caller,
    transfer: string,
    type: string,
    id: string,
    bsn: Parameters<SenderAccessService['record']['ask']>[1],
  ): Promise<string> {
    const { tenant } = caller;
    const document = await this.sender.findDocument(tenant, transfer, type, id);
    return document ?? this.sender.record.ask(tenant, bsn, receiverOf(caller), { read: { type, id } });
  }

  #caller(ura: string, identity: VerifiedIdentity, headers: RequestHeaders): Caller {
    const traceparent = headers['traceparent'];
    return {
      tenant: this.tenants.get(ura).ura,
      identity,
      traceparent: traceparent !== undefined && TRACE_PARENT.test(traceparent) ? traceparent : undefined,
    };
  }

  #base(ura: string): string {
    return `${this.environment.publicUrl}/tenants/${ura}/fhir`;
  }
}

/** The policy has seen that there is one. */
function receiverOf({ identity: { organisation } }: Caller): Receiver {
  if (organisation === undefined) throw new Failure('forbidden', 'The access token is of no care provider');
  return { ura: organisation.ura, facilityType: organisation.facilityType ?? '' };
}

function answerTask(reply: FastifyReply, { task, version, lastUpdated }: ServedTask): string {
  void reply.headers(versionHeaders(version, lastUpdated));
  return JSON.stringify(task);
}

/** @throws Failure('malformed') when it is not there at all */
function baseOf(headers: RequestHeaders): string {
  const base = headers[AUTHORIZATION_BASE];
  if (base === undefined) throw new Failure('malformed', 'The authorization base of the offer is needed');
  return base;
}

/** What cannot be listed was not offered: attempts to see more are refused as such, and recorded by what they are not. */
function refusing(canonical: () => string): string {
  try {
    return canonical();
  } catch (error) {
    if (error instanceof Failure && error.kind === 'invalid') return '';
    throw error;
  }
}

function requestedOf(text: string): string {
  return refusing(() => canonicalRequest(text));
}

function taskIdOf(id: string): string {
  if (!UUID.test(id)) throw new Failure('not-found', 'There is no such Task');
  return id;
}
