import {
  Controller,
  Delete,
  Get,
  Header,
  Headers,
  HttpCode,
  Param,
  Query,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BulkExports, type BulkExport } from './bulk-exports.js';
import { SmartBackend } from './smart-backend.js';
import { SmartGuard } from './smart-guard.js';

interface ExportQuery {
  readonly _type?: string;
  readonly _since?: string;
}

/** Kick-off, status and files of exports. */
@Controller('fhir')
@UseGuards(SmartGuard)
export class BulkExportController {
  readonly #base: string;

  constructor(
    private readonly exports: BulkExports,
    private readonly smart: SmartBackend,
    environment: ServiceEnvironment,
  ) {
    this.#base = `${environment.publicUrl}/fhir`;
  }

  @Get(['$export', 'Patient/$export'])
  @HttpCode(202)
  kickOff(
    @Query() { _type, _since }: ExportQuery,
    @Headers('prefer') prefer: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): void {
    if (prefer?.includes('respond-async') !== true)
      throw new Failure('malformed', 'An export is asked for with Prefer: respond-async');
    const since = _since === undefined ? undefined : new Date(_since);
    if (since !== undefined && Number.isNaN(since.getTime()))
      throw new Failure('malformed', '_since is an instant');
    const { id } = this.exports.start(
      `${this.#base}${request.url.replace(/^\/fhir/, '')}`,
      _type?.split(','),
      since,
    );
    void reply.header('content-location', `${this.#base}/export/${id}`);
  }

  @Get('export/:id')
  status(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): object | undefined {
    const found = this.#get(id);
    if (Date.now() < found.readyAt) {
      void reply.code(202).header('retry-after', '1').header('x-progress', 'in progress');
      return undefined;
    }
    const file =
      (kind: 'output' | 'deleted') =>
      (name: string): object => ({
        type: kind === 'deleted' ? 'Bundle' : name,
        url: `${this.#base}/export/${id}/${kind}/${name}.ndjson`,
      });
    void reply.header('expires', this.exports.expiryOf(found).toUTCString());
    return {
      transactionTime: found.transactionTime.toISOString(),
      request: found.request,
      requiresAccessToken: this.smart.isRequired,
      output: [...found.output.keys()].map(file('output')),
      deleted: [...found.deleted.keys()].map(file('deleted')),
      error: [],
    };
  }

  @Get('export/:id/:kind/:file')
  @Header('content-type', 'application/fhir+ndjson')
  file(@Param('id') id: string, @Param('kind') kind: string, @Param('file') file: string): string {
    const found = this.#get(id);
    const content = (kind === 'deleted' ? found.deleted : found.output).get(file.replace(/\.ndjson$/, ''));
    if (content === undefined) throw new Failure('not-found', 'The export has no such file');
    return content;
  }

  @Delete('export/:id')
  @HttpCode(202)
  discard(@Param('id') id: string): void {
    if (!this.exports.discard(id)) throw new Failure('not-found', 'There is no such export');
  }

  #get(id: string): BulkExport {
    const found = this.exports.find(id);
    if (found === undefined) throw new Failure('not-found', 'There is no such export, or it has expired');
    return found;
  }
}
