import { Body, Controller, Get, Header, Headers, Param, Post, Put, Query, Res } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { fhirJson, versionHeaders, versionLocation } from '@samenhang/fhir-http';
import { Audience, Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyReply } from 'fastify';
import { versionOfIfMatch } from '../sender/if-match.js';
import type { Caller } from '../sender/sender-access.service.js';
import { Tenants } from '../storage/tenants.js';
import { jointLists, type JointType } from './contributions.js';
import { JointService, type ServedJoint } from './joint.service.js';

type RequestHeaders = Readonly<Record<string, string | undefined>>;

const TRACE_PARENT = /^00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Records that several care providers write, at their keeper. Tokens are for one keeper: the audience is its base URL. */
@Controller('tenants/:ura/joint/fhir')
@Audience((publicUrl, { ura }) => `${publicUrl}/tenants/${ura}/joint/fhir`)
@RequireScopes('transfer:exchange')
export class JointController {
  constructor(
    private readonly joint: JointService,
    private readonly tenants: Tenants,
    private readonly environment: ServiceEnvironment,
  ) {}

  @Get('Provenance')
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async provenance(
    @Param('ura') ura: string,
    @Query('target') target: string | undefined,
    @Headers() headers: RequestHeaders,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    const [type = '', id = '', ...more] = (typeof target === 'string' ? target : '').split('/');
    if (more.length > 0) throw new Failure('malformed', 'Provenance is searched by target: Type/id');
    const caller = this.#caller(ura, identity, headers);
    return bundle('searchset', await this.joint.provenance(caller, typeOf(type), idOf(id)));
  }

  @Post(':type')
  @Header('content-type', fhirJson)
  async create(
    @Param('ura') ura: string,
    @Param('type') type: string,
    @Headers() headers: RequestHeaders,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const caller = this.#caller(ura, identity, headers);
    const created = await this.joint.create(caller, typeOf(type), body);
    const base = `${this.environment.publicUrl}/tenants/${caller.tenant}/joint/fhir`;
    void reply
      .code(201)
      .header('location', versionLocation(base, type, created.resource.id, created.version));
    return answer(reply, created);
  }

  @Get(':type/:id')
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async read(
    @Param('ura') ura: string,
    @Param('type') type: string,
    @Param('id') id: string,
    @Headers() headers: RequestHeaders,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const caller = this.#caller(ura, identity, headers);
    return answer(reply, await this.joint.read(caller, typeOf(type), idOf(id)));
  }

  @Get(':type/:id/_history')
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async history(
    @Param('ura') ura: string,
    @Param('type') type: string,
    @Param('id') id: string,
    @Headers() headers: RequestHeaders,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    const versions = await this.joint.history(this.#caller(ura, identity, headers), typeOf(type), idOf(id));
    return bundle(
      'history',
      versions.map(({ resource }) => resource),
    );
  }

  @Get(':type/:id/_history/:version')
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async readVersion(
    @Param('ura') ura: string,
    @Param('type') type: string,
    @Param('id') id: string,
    @Param('version') version: string,
    @Headers() headers: RequestHeaders,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (!/^\d{1,9}$/.test(version)) throw new Failure('not-found', 'There is no such version');
    const caller = this.#caller(ura, identity, headers);
    return answer(reply, await this.joint.read(caller, typeOf(type), idOf(id), Number(version)));
  }

  @Put(':type/:id')
  @Header('content-type', fhirJson)
  async update(
    @Param('ura') ura: string,
    @Param('type') type: string,
    @Param('id') id: string,
    @Headers() headers: RequestHeaders,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const [known, of] = [typeOf(type), idOf(id)];
    const version = versionOfIfMatch(headers['if-match']);
    const caller = this.#caller(ura, identity, headers);
    return answer(reply, await this.joint.update(caller, known, of, version, body));
  }

  #caller(ura: string, identity: VerifiedIdentity, headers: RequestHeaders): Caller {
    const traceparent = headers['traceparent'];
    return {
      tenant: this.tenants.get(ura).ura,
      identity,
      traceparent: traceparent !== undefined && TRACE_PARENT.test(traceparent) ? traceparent : undefined,
    };
  }
}

function answer(reply: FastifyReply, { resource, version, lastUpdated }: ServedJoint): string {
  void reply.headers(versionHeaders(version, lastUpdated));
  return JSON.stringify(resource);
}

function bundle(type: 'searchset' | 'history', resources: readonly object[]): string {
  const entry = resources.map((resource) => ({ resource }));
  return JSON.stringify({ resourceType: 'Bundle', type, total: entry.length, entry });
}

function typeOf(type: string): JointType {
  if (!Object.hasOwn(jointLists, type))
    throw new Failure('not-found', 'This type of resource is not kept together');
  return type as JointType;
}

function idOf(id: string): string {
  if (!UUID.test(id)) throw new Failure('not-found', 'There is no such resource');
  return id;
}
