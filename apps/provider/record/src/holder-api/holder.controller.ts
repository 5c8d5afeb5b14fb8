import { Body, Controller, Get, Header, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import {
  capabilityStatement,
  fhirJson,
  versionHeaders,
  writeSearchset,
  type RawParameters,
} from '@samenhang/fhir-http';
import { Audience, Identity, Public, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyReply } from 'fastify';
import { HolderAccessService } from './holder-access.service.js';
import { definitionsDate, findHolderDefinition, holderDefinitions } from './holder-definitions.js';
import { readHolderQuestion } from './holder-question.js';
import { Tenants } from './tenants.js';

const RELEASE = '0.1.0';
const ID = /^[A-Za-z0-9\-.]{1,64}$/;

/** The FHIR API of each data holder on this node. Tokens are for one holder: the audience is the tenant's base URL. */
@Controller('tenants/:ura/fhir')
@Audience((publicUrl, { ura }) => `${publicUrl}/tenants/${ura}/fhir`)
export class HolderController {
  constructor(
    private readonly access: HolderAccessService,
    private readonly tenants: Tenants,
    private readonly environment: ServiceEnvironment,
  ) {}

  @Public()
  @Get('metadata')
  @Header('content-type', fhirJson)
  metadata(@Param('ura') ura: string): string {
    const tenant = this.tenants.get(ura);
    return JSON.stringify(
      capabilityStatement({
        title: 'Samenhang record',
        version: RELEASE,
        base: this.#base(tenant.ura),
        date: definitionsDate,
        resources: holderDefinitions,
      }),
    );
  }

  @RequireScopes('holder:read')
  @Post(':type/_search')
  @HttpCode(200)
  @Header('content-type', fhirJson)
  searchByForm(
    @Param() { ura = '', type = '' }: Record<string, string>,
    @Query() query: RawParameters,
    @Body() form: unknown,
    @Headers() headers: Record<string, string | undefined>,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    return this.#search(ura, type, identity, {
      query,
      form: readForm(form, headers['content-type']),
      prefer: headers['prefer'],
    });
  }

  @RequireScopes('holder:read')
  @Get(':type')
  @Header('content-type', fhirJson)
  search(
    @Param() { ura = '', type = '' }: Record<string, string>,
    @Query() query: RawParameters,
    @Headers('prefer') prefer: string | undefined,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    return this.#search(ura, type, identity, { query, prefer });
  }

  @RequireScopes('holder:read')
  @Get(':type/_search')
  @Header('content-type', fhirJson)
  searchByQuery(
    @Param() { ura = '', type = '' }: Record<string, string>,
    @Query() query: RawParameters,
    @Headers('prefer') prefer: string | undefined,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    return this.#search(ura, type, identity, { query, prefer });
  }

  @RequireScopes('holder:read')
  @Get(':type/:id')
  @Header('content-type', fhirJson)
  async read(
    @Param() { ura = '', type = '', id = '' }: Record<string, string>,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const tenant = this.tenants.get(ura);
    if (findHolderDefinition(type) === undefined || !ID.test(id))
      throw new Failure('not-found', 'There is no such resource');
    const fact = await this.access.read(tenant, identity, type, id);
    void reply.headers({ ...versionHeaders(fact.version, fact.lastUpdated), ...privateAnswer });
    return fact.body;
  }

  async #search(
    ura: string,
    type: string,
    identity: VerifiedIdentity,
    request: { query: RawParameters; form?: RawParameters | undefined; prefer: string | undefined },
  ): Promise<string> {
    const tenant = this.tenants.get(ura);
    const definition = findHolderDefinition(type);
    if (definition === undefined) throw new Failure('not-found', 'This type of resource is not served');
    const { query, form, prefer } = request;
    const question = readHolderQuestion({
      definition,
      base: this.#base(tenant.ura),
      query,
      ...(form === undefined ? {} : { form }),
      ...(prefer === undefined ? {} : { prefer }),
    });
    return [...writeSearchset(await this.access.search(tenant, identity, question))].join('');
  }

  #base(ura: string): string {
    return `${this.environment.publicUrl}/tenants/${ura}/fhir`;
  }
}

const privateAnswer = { 'cache-control': 'no-store' };

function readForm(form: unknown, contentType: string | undefined): RawParameters | undefined {
  if (form === undefined || form === null) return undefined;
  if (contentType?.startsWith('application/x-www-form-urlencoded') !== true) {
    throw new Failure('unsupported-media-type', 'A search is sent as application/x-www-form-urlencoded');
  }
  return form as RawParameters;
}
