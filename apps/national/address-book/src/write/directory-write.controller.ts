import { Body, Controller, Header, Headers, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyReply } from 'fastify';
import { DirectoryWriter, type WriteResult } from './directory-writer.service.js';
import { readPut, readTransaction } from './write-request.js';

const FHIR_JSON = 'application/fhir+json; charset=utf-8';

/** The write path of the directory (ITI-130): a care provider keeps its own entries; nothing is ever deleted. */
@Controller('fhir')
@RequireScopes('lrza:write')
export class DirectoryWriteController {
  readonly #base: string;

  constructor(
    private readonly writer: DirectoryWriter,
    environment: ServiceEnvironment,
  ) {
    this.#base = `${environment.publicUrl}/fhir`;
  }

  @Post()
  @HttpCode(200)
  @Header('content-type', FHIR_JSON)
  async transaction(@Body() body: unknown, @Identity() identity: VerifiedIdentity): Promise<object> {
    const results = await this.writer.write(readTransaction(body), identity);
    const entry = results.map((result) => ({
      response: {
        status: result.outcome === 'created' ? '201 Created' : '200 OK',
        location: this.#locationOf(result),
        etag: `W/"${result.version}"`,
        lastModified: result.lastUpdated.toISOString(),
      },
    }));
    return { resourceType: 'Bundle', type: 'transaction-response', entry };
  }

  @Put(':type/:id')
  @Header('content-type', FHIR_JSON)
  async put(
    @Param('type') type: string,
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const [result] = await this.writer.write([readPut(type, id, body, ifMatch)], identity);
    if (result === undefined) throw new Failure('internal');
    void reply
      .code(result.outcome === 'created' ? 201 : 200)
      .header('location', this.#locationOf(result))
      .header('etag', `W/"${result.version}"`)
      .header('last-modified', result.lastUpdated.toUTCString());
    return result.content;
  }

  #locationOf(result: WriteResult): string {
    return `${this.#base}/${result.resourceType}/${result.id}/_history/${result.version}`;
  }
}
