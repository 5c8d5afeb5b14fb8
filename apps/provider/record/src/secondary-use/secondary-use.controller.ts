import { Readable } from 'node:stream';
import { Body, Controller, Param, Post, Res } from '@nestjs/common';
import { Audience, Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { runLinesType } from '@samenhang/secondary-use';
import { tableMediaTypes } from '@samenhang/table-files';
import type { FastifyReply } from 'fastify';
import { readRunRequest } from './run-request.js';
import { SecondaryCallers } from './secondary-callers.js';
import { ViewRunService } from './view-run.service.js';

/** What a holder answers to those who give permits for secondary use. Researchers never come here themselves. */
@Controller('tenants/:ura/fhir')
@Audience((publicUrl, { ura }) => `${publicUrl}/tenants/${ura}/fhir`)
export class SecondaryUseController {
  constructor(
    private readonly views: ViewRunService,
    private readonly callers: SecondaryCallers,
  ) {}

  @RequireScopes('secondary:run')
  @Post('ViewDefinition/$run')
  async run(
    @Param('ura') ura: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const request = readRunRequest(body);
    const content = await this.views.run(this.callers.of(ura, identity), request);
    const type = request.table === undefined ? runLinesType : tableMediaTypes[request.table.format];
    await reply.code(200).header('cache-control', 'no-store').type(type).send(Readable.from(content));
  }
}
