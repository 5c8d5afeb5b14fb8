import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  Headers,
  HttpCode,
  Param,
  ParseIntPipe,
  ParseUUIDPipe,
  Post,
  Res,
} from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Audience, Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import type { FastifyReply } from 'fastify';
import { requireAsync, SecondaryCallers, type SecondaryCaller } from '../secondary-callers.js';
import { readExportRequest, type ExportRequest } from './export-request.js';
import { ExportService } from './export.service.js';

const RETRY_SECONDS = '2';

/**
 * FHIR Bulk Data Access (asynchronous pattern): kick-off by POST, status, manifest, files, cancel. Under a permit; a Group is the
 * population of one.
 */
@Controller('tenants/:ura/fhir')
@Audience((publicUrl, { ura }) => `${publicUrl}/tenants/${ura}/fhir`)
@RequireScopes('secondary:run')
export class ExportController {
  constructor(
    private readonly exports: ExportService,
    private readonly callers: SecondaryCallers,
  ) {}

  @Post('$export')
  @HttpCode(202)
  ofSystem(
    @Param('ura') ura: string,
    @Body() body: unknown,
    @Headers('prefer') prefer: string | undefined,
    @Identity() who: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    return this.#begin(this.callers.of(ura, who), { body, prefer, level: 'system' }, reply);
  }

  @Post('Patient/$export')
  @HttpCode(202)
  ofPatients(
    @Param('ura') ura: string,
    @Body() body: unknown,
    @Headers('prefer') prefer: string | undefined,
    @Identity() who: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    return this.#begin(this.callers.of(ura, who), { body, prefer, level: 'patient' }, reply);
  }

  @Post('Group/:group/$export')
  @HttpCode(202)
  ofGroup(
    @Param('ura') ura: string,
    @Param('group', ParseUUIDPipe) group: string,
    @Body() body: unknown,
    @Headers('prefer') prefer: string | undefined,
    @Identity() who: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    return this.#begin(this.callers.of(ura, who), { body, prefer, level: 'group', group }, reply);
  }

  @Get('bulk/:id')
  async status(
    @Param('ura') ura: string,
    @Param('id', ParseUUIDPipe) id: string,
    @Identity() who: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | undefined> {
    const caller = this.callers.of(ura, who);
    const { export: found, parts } = await this.exports.status(caller, id);
    if (found.request.level === 'view') throw new Failure('not-found', 'There is no such export');
    if (found.status === 'failed')
      throw new Failure('internal', found.problem ?? 'The export could not be made');
    if (found.status === 'running') {
      const rows = parts.reduce((sum, part) => sum + part.rows, 0);
      void reply.code(202).header('x-progress', `${rows} resources`).header('retry-after', RETRY_SECONDS);
      return undefined;
    }
    void reply.header('expires', found.expiresAt.toUTCString()).header('cache-control', 'no-store');
    return {
      transactionTime: found.transactionTime.toISOString(),
      request: `${caller.base}/${pathOf(found.request)}`,
      requiresAccessToken: true,
      output: parts.map(({ part, type, rows }) => ({
        type,
        url: `${caller.base}/bulk/${id}/${part}`,
        count: rows,
      })),
      error: [],
    };
  }

  @Get('bulk/:id/:part')
  @Header('content-type', 'application/fhir+ndjson')
  @Header('cache-control', 'no-store')
  part(
    @Param('ura') ura: string,
    @Param('id', ParseUUIDPipe) id: string,
    @Param('part', ParseIntPipe) part: number,
    @Identity() who: VerifiedIdentity,
  ): Promise<string> {
    return this.exports.part(this.callers.of(ura, who), id, part);
  }

  @Delete('bulk/:id')
  @HttpCode(202)
  cancel(
    @Param('ura') ura: string,
    @Param('id', ParseUUIDPipe) id: string,
    @Identity() who: VerifiedIdentity,
  ): Promise<void> {
    return this.exports.cancel(this.callers.of(ura, who), id);
  }

  async #begin(
    caller: SecondaryCaller,
    asked: { body: unknown; prefer: string | undefined; level: ExportRequest['level']; group?: string },
    reply: FastifyReply,
  ): Promise<void> {
    requireAsync(asked.prefer);
    const { request, permit } = readExportRequest(asked.body, asked.level, asked.group);
    const id = await this.exports.begin(caller, request, permit);
    void reply.header('content-location', `${caller.base}/bulk/${id}`);
  }
}

function pathOf({ level, group = '' }: ExportRequest): string {
  if (level === 'system') return '$export';
  return level === 'patient' ? 'Patient/$export' : `Group/${group}/$export`;
}
