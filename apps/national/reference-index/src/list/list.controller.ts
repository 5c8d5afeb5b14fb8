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
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyReply } from 'fastify';
import { LocalisationService } from '../localisation/localisation.service.js';
import { OwnRegistrations } from '../registrations/own-registrations.js';
import { RegistrationService } from '../registrations/registration.service.js';
import { readCreate, readId } from './list-bundle.js';
import { listETag, toList, type ListResource } from './list-resource.js';
import { assertNoTokenInUrl, readDeleteFilter, readListSearch, type Parameters } from './list-search.js';
import { toSearchset, withPatientHandle, type Searchset } from './searchset.js';

const FHIR_JSON = 'application/fhir+json; charset=utf-8';

/** FHIR List of the national localisation guide: create, read, search, delete; never update. */
@Controller('fhir/List')
export class ListController {
  readonly #base: string;

  constructor(
    private readonly registrations: RegistrationService,
    private readonly own: OwnRegistrations,
    private readonly localisation: LocalisationService,
    environment: ServiceEnvironment,
  ) {
    this.#base = `${environment.publicUrl}/fhir`;
  }

  @Post()
  @Header('content-type', FHIR_JSON)
  @Header('cache-control', 'no-store')
  @RequireScopes('nvi:create')
  async create(
    @Body() body: unknown,
    @Headers('if-none-exist') ifNoneExist: string | undefined,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ListResource> {
    const result = await this.registrations.create(readCreate(body, ifNoneExist), identity);
    const { registration } = result;
    void reply
      .code(result.kind === 'created' ? 201 : 200)
      .header('location', `${this.#base}/List/${registration.id}`)
      .header('etag', listETag)
      .header('last-modified', registration.createdAt.toUTCString());
    return toList(registration);
  }

  /** With a subject and without a source: all custodians. Any other combination: the caller's own registrations. */
  @Post('_search')
  @HttpCode(200)
  @Header('content-type', FHIR_JSON)
  @Header('cache-control', 'no-store')
  @RequireScopes('nvi:localize')
  async searchByPost(
    @Query() query: Parameters,
    @Body() body: Parameters | undefined,
    @Identity() identity: VerifiedIdentity,
  ): Promise<Searchset> {
    assertNoTokenInUrl(query);
    const parameters = { ...query, ...body };
    const search = readListSearch(parameters);
    if (search.token === undefined || search.source !== undefined)
      return this.#searchOwn(parameters, identity);
    const { token, categories } = search;
    const question = { token, ...(categories === undefined ? {} : { categories }) };
    const { registrations, patientHandle } = await this.localisation.localise(question, identity);
    const found = toSearchset(this.#base, { registrations, total: registrations.length });
    return patientHandle === undefined ? found : withPatientHandle(found, patientHandle);
  }

  @Get()
  @Header('content-type', FHIR_JSON)
  @Header('cache-control', 'no-store')
  @RequireScopes('nvi:localize')
  async search(@Query() query: Parameters, @Identity() identity: VerifiedIdentity): Promise<Searchset> {
    assertNoTokenInUrl(query);
    return this.#searchOwn(query, identity);
  }

  @Get(':id')
  @Header('content-type', FHIR_JSON)
  @Header('cache-control', 'no-store')
  @RequireScopes('nvi:read')
  async read(
    @Param('id') id: string,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ListResource> {
    const registration = await this.own.get(readId(id), identity);
    void reply.header('etag', listETag).header('last-modified', registration.createdAt.toUTCString());
    return toList(registration);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScopes('nvi:delete')
  async remove(@Param('id') id: string, @Identity() identity: VerifiedIdentity): Promise<void> {
    await this.registrations.apply([{ kind: 'delete-by-id', id: readId(id) }], identity);
  }

  /** Conditional delete by source. By person it stands in a transaction Bundle, where the token is in the body. */
  @Delete()
  @HttpCode(204)
  @RequireScopes('nvi:delete')
  async removeMatching(@Query() query: Parameters, @Identity() identity: VerifiedIdentity): Promise<void> {
    assertNoTokenInUrl(query);
    await this.registrations.apply([{ kind: 'delete', filter: readDeleteFilter(query) }], identity);
  }

  async #searchOwn(parameters: Parameters, identity: VerifiedIdentity): Promise<Searchset> {
    const search = readListSearch(parameters);
    const page = await this.own.search(search, identity);
    // A page of a search by token cannot be continued: the token is used up, and a link must not hold one.
    if (search.token !== undefined)
      return toSearchset(this.#base, { registrations: page.registrations, total: page.total });
    return toSearchset(this.#base, page, parameters);
  }
}
