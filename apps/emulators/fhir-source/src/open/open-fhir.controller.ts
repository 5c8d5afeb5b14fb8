import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Param,
  Post,
  Put,
  Query,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { capabilityStatement, parseSearchParameters, type RawParameters } from '@samenhang/fhir-http';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ResourceCollection } from '../resources/resource-collection.js';
import { allDefinitions } from '../search/definitions.js';
import { getDefinition, runSearch } from '../search/run-search.js';
import { SmartGuard } from './smart-guard.js';
import { Subscriptions } from './subscriptions.js';

const FHIR_JSON = 'application/fhir+json; charset=utf-8';

/** A care provider's server on its own internal network: whoever reaches it may read and write. */
@Controller('fhir')
@UseGuards(SmartGuard)
export class OpenFhirController {
  readonly #base: string;

  constructor(
    private readonly resources: ResourceCollection,
    private readonly subscriptions: Subscriptions,
    environment: ServiceEnvironment,
  ) {
    this.#base = `${environment.publicUrl}/fhir`;
  }

  /** Open to all, with or without authorisation (FHIR R4 http.html#capabilities). */
  @Get('metadata')
  @Header('content-type', FHIR_JSON)
  metadata(): object {
    return capabilityStatement({
      title: 'FHIR source (emulator)',
      version: '1',
      base: this.#base,
      date: '2026-11-01',
      resources: allDefinitions,
    });
  }

  @Get(':type')
  @Header('content-type', FHIR_JSON)
  search(@Param('type') type: string, @Query() query: RawParameters, @Req() request: FastifyRequest): string {
    return this.#search(type, request, query);
  }

  @Post(':type/_search')
  @HttpCode(200)
  @Header('content-type', FHIR_JSON)
  searchByPost(
    @Param('type') type: string,
    @Query() query: RawParameters,
    @Body() body: RawParameters | undefined,
    @Req() request: FastifyRequest,
  ): string {
    return this.#search(type, request, query, body);
  }

  @Get(':type/:id')
  @Header('content-type', FHIR_JSON)
  read(@Param('type') type: string, @Param('id') id: string): string {
    const resource = this.resources.find(type, id);
    if (resource === undefined) throw new Failure('not-found', 'There is no such resource');
    return resource.body;
  }

  @Put(':type/:id')
  @Header('content-type', FHIR_JSON)
  put(
    @Param('type') type: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    const content = body as { resourceType?: unknown; id?: unknown } | null;
    if (content?.resourceType !== type || content.id !== id) {
      throw new Failure('malformed', 'Type and id of the resource differ from those of the URL');
    }
    const { resource, isNew } = this.resources.put(body, new Date());
    void reply.code(isNew ? 201 : 200);
    this.subscriptions.tell(type);
    return resource.body;
  }

  @Delete(':type/:id')
  @HttpCode(204)
  delete(@Param('type') type: string, @Param('id') id: string): void {
    if (!this.resources.delete(type, id, new Date()))
      throw new Failure('not-found', 'There is no such resource');
    this.subscriptions.tell(type);
  }

  #search(type: string, request: FastifyRequest, ...given: (RawParameters | undefined)[]): string {
    const prefer = request.headers['prefer'];
    return runSearch(this.resources, getDefinition(allDefinitions, type), {
      base: this.#base,
      type,
      parameters: parseSearchParameters(...given),
      prefer: typeof prefer === 'string' ? prefer : undefined,
      isVisible: () => true,
    });
  }
}
