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
import { tableFormatOf } from '../table-form.js';
import type { Export, ExportPart } from './export-store.js';
import { ExportService } from './export.service.js';
import { readViewExportRequest } from './view-export-request.js';
import { viewFile } from './view-file.js';

const RETRY_SECONDS = '2';

/** Views as files (SQL on FHIR v2, `$viewdefinition-export`): kick-off, status, result by 303, files, cancel. Under a permit. */
@Controller('tenants/:ura/fhir')
@Audience((publicUrl, { ura }) => `${publicUrl}/tenants/${ura}/fhir`)
@RequireScopes('secondary:run')
export class ViewExportController {
  constructor(
    private readonly exports: ExportService,
    private readonly callers: SecondaryCallers,
  ) {}

  @Post('ViewDefinition/$viewdefinition-export')
  @HttpCode(202)
  async begin(
    @Param('ura') ura: string,
    @Body() body: unknown,
    @Headers('prefer') prefer: string | undefined,
    @Identity() who: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    requireAsync(prefer);
    const caller = this.callers.of(ura, who);
    const { request, permit } = readViewExportRequest(body);
    const id = await this.exports.begin(caller, request, permit);
    const location = `${caller.base}/view-exports/${id}`;
    void reply.header('content-location', location);
    return parametersOf(id, 'accepted', [{ name: 'location', valueUri: location }]);
  }

  @Get('view-exports/:id')
  async status(
    @Param('ura') ura: string,
    @Param('id', ParseUUIDPipe) id: string,
    @Identity() who: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | undefined> {
    const caller = this.callers.of(ura, who);
    const { export: found, parts } = await this.#find(caller, id);
    if (found.status !== 'running') {
      // Also when it failed: what became of it is told where its result would be.
      void reply.code(303).header('location', `${caller.base}/view-exports/${id}/result`);
      return undefined;
    }
    const rows = parts.reduce((sum, part) => sum + part.rows, 0);
    void reply.code(202).header('x-progress', `${rows} rows`).header('retry-after', RETRY_SECONDS);
    return parametersOf(id, 'in-progress', []);
  }

  @Get('view-exports/:id/result')
  @Header('cache-control', 'no-store')
  async result(
    @Param('ura') ura: string,
    @Param('id', ParseUUIDPipe) id: string,
    @Identity() who: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const caller = this.callers.of(ura, who);
    const { export: found, parts } = await this.#find(caller, id);
    if (found.status === 'failed')
      throw new Failure('internal', found.problem ?? 'The export could not be made');
    if (found.status === 'running') throw new Failure('not-found', 'The export has no result yet');
    void reply.header('expires', found.expiresAt.toUTCString());
    const outputs = (found.request.views ?? []).map(({ name }) => ({
      name: 'output',
      part: [
        { name: 'name', valueString: name },
        ...parts
          .filter(({ type }) => type === name)
          .map(({ part }) => ({ name: 'location', valueUri: `${caller.base}/view-exports/${id}/${part}` })),
      ],
    }));
    return parametersOf(id, 'completed', [
      { name: '_format', valueCode: tableFormatOf(found.request).format },
      ...outputs,
    ]);
  }

  @Get('view-exports/:id/:part')
  async part(
    @Param('ura') ura: string,
    @Param('id', ParseUUIDPipe) id: string,
    @Param('part', ParseIntPipe) part: number,
    @Identity() who: VerifiedIdentity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const caller = this.callers.of(ura, who);
    const { export: found, parts } = await this.#find(caller, id);
    const rows = await this.exports.part(caller, id, part);
    const name = parts.find((each) => each.part === part)?.type ?? '';
    const { type, content } = viewFile(found, name, rows);
    await reply.header('cache-control', 'no-store').type(type).send(content);
  }

  @Delete('view-exports/:id')
  @HttpCode(202)
  async cancel(
    @Param('ura') ura: string,
    @Param('id', ParseUUIDPipe) id: string,
    @Identity() who: VerifiedIdentity,
  ): Promise<void> {
    const caller = this.callers.of(ura, who);
    await this.#find(caller, id);
    await this.exports.cancel(caller, id);
  }

  async #find(caller: SecondaryCaller, id: string): Promise<{ export: Export; parts: ExportPart[] }> {
    const found = await this.exports.status(caller, id);
    if (found.export.request.level !== 'view') throw new Failure('not-found', 'There is no such export');
    return found;
  }
}

function parametersOf(id: string, status: string, parameter: readonly object[]): object {
  return {
    resourceType: 'Parameters',
    parameter: [{ name: 'exportId', valueString: id }, { name: 'status', valueCode: status }, ...parameter],
  };
}
