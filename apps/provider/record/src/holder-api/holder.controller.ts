import {
  Body,
  Controller,
  Get,
  Header,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import {
  capabilityStatement,
  fhirJson,
  versionHeaders,
  writeSearchset,
  type RawParameters,
} from '@samenhang/fhir-http';
import { Audience, Identity, Public, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { LOGGER, ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { DirectSources } from '../direct/direct-sources.js';
import {
  groupOperations,
  secondaryFormats,
  secondaryOperations,
} from '../secondary-use/offered-operations.js';
import { isKnownVersion } from './conditional-read.js';
import { HolderAccessService, type Caller } from './holder-access.service.js';
import {
  binaryDefinition,
  definitionsDate,
  findHolderDefinition,
  holderDefinitions,
  liveDefinitions,
} from './holder-definitions.js';
import { readHolderQuestion, type SearchRequest } from './holder-question.js';
import { Tenants } from './tenants.js';
import { findTraceParent } from './trace-parent.js';

const RELEASE = '0.1.0';
type Path = Readonly<Record<string, string | undefined>>;
type RequestHeaders = Readonly<Record<string, string | undefined>>;

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const ID = /^[A-Za-z0-9\-.]{1,64}$/;

/** The FHIR API of each data holder on this node. Tokens are for one holder: the audience is the tenant's base URL. */
@Controller('tenants/:ura/fhir')
@Audience((publicUrl, { ura }) => `${publicUrl}/tenants/${ura}/fhir`)
export class HolderController {
  constructor(
    private readonly access: HolderAccessService,
    private readonly tenants: Tenants,
    private readonly direct: DirectSources,
    private readonly environment: ServiceEnvironment,
    @Inject(LOGGER) private readonly logger: Logger,
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
        resources: [...(this.direct.has(tenant.ura) ? liveDefinitions : holderDefinitions), binaryDefinition],
        interactions: ['batch', 'transaction'],
        operations: secondaryOperations,
        operationsOf: groupOperations,
        formats: secondaryFormats,
      }),
    );
  }

  @RequireScopes('holder:read')
  @Post(':type/_search')
  @HttpCode(200)
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  searchByForm(
    @Param() path: Path,
    @Query() query: RawParameters,
    @Body() body: unknown,
    @Headers() headers: RequestHeaders,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    const form = readForm(body, headers['content-type']);
    return this.#search(path, this.#caller(path, identity, headers), headers['prefer'], query, form);
  }

  @RequireScopes('holder:read')
  @Get([':type', ':type/_search'])
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  search(
    @Param() path: Path,
    @Query() query: RawParameters,
    @Headers() headers: RequestHeaders,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    return this.#search(path, this.#caller(path, identity, headers), headers['prefer'], query);
  }

  @RequireScopes('holder:read')
  @Get('Observation/$lastn')
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  newestOfCode(
    @Param() path: Path,
    @Query() query: RawParameters,
    @Headers() headers: RequestHeaders,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    return this.#searchNewest(this.#caller(path, identity, headers), headers['prefer'], query);
  }

  @RequireScopes('holder:read')
  @Post('Observation/$lastn')
  @HttpCode(200)
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  newestOfCodeByForm(
    @Param() path: Path,
    @Query() query: RawParameters,
    @Body() body: unknown,
    @Headers() headers: RequestHeaders,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    const form = readForm(body, headers['content-type']);
    return this.#searchNewest(this.#caller(path, identity, headers), headers['prefer'], query, form);
  }

  @RequireScopes('holder:read')
  @Get(':type/:id')
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async read(
    @Param() path: Path,
    @Headers() headers: RequestHeaders,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const caller = this.#caller(path, identity, headers);
    const { type = '', id = '' } = path;
    if (findHolderDefinition(type) === undefined || !ID.test(id))
      throw new Failure('not-found', 'There is no such resource');
    const fact = await this.access.read(caller, { type, id });
    void reply.headers(versionHeaders(fact.version, fact.lastUpdated));
    if (!isKnownVersion(fact, headers['if-none-match'], headers['if-modified-since'])) return fact.body;
    void reply.code(304);
    return '';
  }

  #search(
    { type = '' }: Path,
    caller: Caller,
    prefer: string | undefined,
    query: RawParameters,
    form?: RawParameters,
  ): Promise<string> {
    const definition = findHolderDefinition(type);
    if (definition === undefined) throw new Failure('not-found', 'This type of resource is not served');
    return this.#answer(caller, { definition, query, form, prefer });
  }

  #searchNewest(
    caller: Caller,
    prefer: string | undefined,
    query: RawParameters,
    form?: RawParameters,
  ): Promise<string> {
    const definition = findHolderDefinition('Observation');
    if (definition === undefined) throw new Failure('not-found', 'This type of resource is not served');
    return this.#answer(caller, { definition, query, form, prefer, isNewestOfCode: true });
  }

  async #answer(caller: Caller, request: Omit<SearchRequest, 'base'>): Promise<string> {
    const question = readHolderQuestion({ ...request, base: this.#base(caller.tenant.ura) });
    return [...writeSearchset(await this.access.search(caller, question))].join('');
  }

  #caller({ ura = '' }: Path, identity: VerifiedIdentity, headers: RequestHeaders): Caller {
    this.#logRequestNumbers(headers);
    return { tenant: this.tenants.get(ura), identity, traceparent: findTraceParent(headers['traceparent']) };
  }

  /** By these two MedMij follows a request through the systems it passes (MedMij core 3, logging). */
  #logRequestNumbers(headers: RequestHeaders): void {
    const [request, correlation] = [headers['medmij-request-id'], headers['x-correlation-id']];
    if (request === undefined && correlation === undefined) return;
    // What is no UUID is not a number of a request: it could be anything, and is not written down.
    const known = (value: string | undefined): string | undefined =>
      value !== undefined && UUID.test(value) ? value : undefined;
    this.logger.info(
      { medMijRequestId: known(request), correlationId: known(correlation) },
      'request of a personal health environment',
    );
  }

  #base(ura: string): string {
    return `${this.environment.publicUrl}/tenants/${ura}/fhir`;
  }
}

function readForm(form: unknown, contentType: string | undefined): RawParameters | undefined {
  if (form === undefined || form === null) return undefined;
  if (contentType?.startsWith('application/x-www-form-urlencoded') !== true) {
    throw new Failure('unsupported-media-type', 'A search is sent as application/x-www-form-urlencoded');
  }
  return form as RawParameters;
}
