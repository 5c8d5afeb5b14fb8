import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Public, RequireScopes } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { findVersion } from '../directory/directory-store.js';
import { ReplicaSync } from '../replica/replica-sync.js';
import { getType } from '../write/write-request.js';
import { capabilityStatement } from './capability-statement.js';
import { DirectorySearch } from './directory-search.service.js';
import { readSearchQuery, type Parameters } from './search-query.js';
import { toSearchset } from './searchset.js';

const FHIR_JSON = 'application/fhir+json; charset=utf-8';

/** Reading and searching the directory (ITI-90). */
@Controller('fhir')
@RequireScopes('lrza:read')
export class DirectoryReadController {
  readonly #base: string;

  constructor(
    private readonly directory: DirectorySearch,
    private readonly dataSource: DataSource,
    private readonly replica: ReplicaSync,
    environment: ServiceEnvironment,
  ) {
    this.#base = `${environment.publicUrl}/fhir`;
  }

  @Get('metadata')
  @Public()
  @Header('content-type', FHIR_JSON)
  metadata(): object {
    return capabilityStatement(this.#base);
  }

  @Get(':type')
  @Header('content-type', FHIR_JSON)
  search(@Param('type') type: string, @Query() query: Parameters): Promise<string> {
    return this.#search(type, query);
  }

  @Post(':type/_search')
  @HttpCode(200)
  @Header('content-type', FHIR_JSON)
  searchByPost(
    @Param('type') type: string,
    @Query() query: Parameters,
    @Body() body: Parameters | undefined,
  ): Promise<string> {
    return this.#search(type, { ...query, ...body });
  }

  @Get(':type/:id')
  @Header('content-type', FHIR_JSON)
  read(
    @Param('type') type: string,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.#read(type, id, undefined, reply);
  }

  @Get(':type/:id/_history/:version')
  @Header('content-type', FHIR_JSON)
  readVersion(
    @Param('type') type: string,
    @Param('id') id: string,
    @Param('version') version: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (!/^[1-9]\d{0,8}$/.test(version)) throw new Failure('not-found', 'There is no such version');
    return this.#read(type, id, Number(version), reply);
  }

  async #search(typeName: string, parameters: Parameters): Promise<string> {
    const type = getType(typeName);
    await this.replica.assertReady();
    const page = await this.directory.search(readSearchQuery(type, parameters));
    return toSearchset(this.#base, type, page, parameters);
  }

  async #read(type: string, id: string, version: number | undefined, reply: FastifyReply): Promise<string> {
    const found = await findVersion(this.dataSource, { resourceType: getType(type), id }, version);
    if (found === undefined) throw new Failure('not-found', 'There is no such resource');
    void reply
      .header('etag', `W/"${found.version}"`)
      .header('last-modified', found.lastUpdated.toUTCString());
    return found.content;
  }
}
