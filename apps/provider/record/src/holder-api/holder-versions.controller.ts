import { Controller, Get, Header, Headers, Param, Query, Res } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import {
  fhirJson,
  parseSearchParameters,
  patientQuestionOf,
  searchUrl,
  versionHeaders,
  type RawParameters,
} from '@samenhang/fhir-http';
import { Audience, Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyReply } from 'fastify';
import { readHistoryQuestion, writeHistory } from './history.js';
import { HolderAccessService, type Caller } from './holder-access.service.js';
import { findHolderDefinition } from './holder-definitions.js';
import { Tenants } from './tenants.js';
import { findTraceParent } from './trace-parent.js';

type Path = Readonly<Record<string, string | undefined>>;
const ID = /^[A-Za-z0-9\-.]{1,64}$/;

/** What resources were before (http://hl7.org/fhir/R4/http.html#history), under the same decisions as what they are. */
@Controller('tenants/:ura/fhir')
@Audience((publicUrl, { ura }) => `${publicUrl}/tenants/${ura}/fhir`)
export class HolderVersionsController {
  constructor(
    private readonly access: HolderAccessService,
    private readonly tenants: Tenants,
    private readonly environment: ServiceEnvironment,
  ) {}

  @RequireScopes('holder:read')
  @Get(':type/:id/_history/:version')
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async version(
    @Param() path: Path,
    @Headers('traceparent') traceparent: string | undefined,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { type, id } = nameOf(path);
    const version = Number(path['version']);
    if (!Number.isInteger(version) || version < 1 || version > 2_147_483_647) throw nothingThere();
    const fact = await this.access.read(this.#caller(path, identity, traceparent), { type, id, version });
    void reply.headers(versionHeaders(fact.version, fact.lastUpdated));
    return fact.body;
  }

  @RequireScopes('holder:read')
  @Get(':type/:id/_history')
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async ofResource(
    @Param() path: Path,
    @Query() query: RawParameters,
    @Headers('traceparent') traceparent: string | undefined,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    const { type, id } = nameOf(path);
    const caller = this.#caller(path, identity, traceparent);
    const question = readHistoryQuestion(type, id, parseSearchParameters(query));
    const base = this.#base(caller);
    return writeHistory(
      base,
      type,
      this.#self(caller, `${type}/${id}/_history`, query),
      await this.access.history(caller, question),
    );
  }

  /** Of one patient, as every request here. */
  @RequireScopes('holder:read')
  @Get(':type/_history')
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async ofType(
    @Param() path: Path,
    @Query() query: RawParameters,
    @Headers('traceparent') traceparent: string | undefined,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    const { type = '' } = path;
    if (findHolderDefinition(type) === undefined)
      throw new Failure('not-found', 'This type of resource is not served');
    const caller = this.#caller(path, identity, traceparent);
    const base = this.#base(caller);
    const parameters = parseSearchParameters(query);
    const patient = patientQuestionOf(type, parameters, base);
    if (patient.by === 'identifier') throw new Failure('malformed', 'An identifier does not belong in a URL');
    const question = readHistoryQuestion(type, undefined, parameters);
    return writeHistory(
      base,
      type,
      this.#self(caller, `${type}/_history`, query),
      await this.access.history(caller, question, patient),
    );
  }

  #caller({ ura = '' }: Path, identity: VerifiedIdentity, traceparent: string | undefined): Caller {
    return { tenant: this.tenants.get(ura), identity, traceparent: findTraceParent(traceparent) };
  }

  #base({ tenant }: Caller): string {
    return `${this.environment.publicUrl}/tenants/${tenant.ura}/fhir`;
  }

  #self(caller: Caller, path: string, query: RawParameters): string {
    return searchUrl(this.#base(caller), path, parseSearchParameters(query));
  }
}

function nameOf({ type = '', id = '' }: Path): { type: string; id: string } {
  if (findHolderDefinition(type) === undefined || !ID.test(id)) throw nothingThere();
  return { type, id };
}

const nothingThere = (): Failure => new Failure('not-found', 'There is no such resource');
