import { Body, Controller, Header, Headers, HttpCode, Post, Res } from '@nestjs/common';
import { fhirJson } from '@samenhang/fhir-http';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import type { FastifyReply } from 'fastify';
import { callOf } from '../patient-view/call.js';
import { OwnPerson } from '../patient-view/own-person.js';
import { readAttachmentQuestion } from './attachment-question.js';
import { AttachmentService } from './attachment.service.js';

/** The bytes of a document that a view or a search told of. */
@Controller('fhir/DocumentReference')
@RequireScopes('view:read')
export class AttachmentController {
  constructor(
    private readonly attachments: AttachmentService,
    private readonly own: OwnPerson,
  ) {}

  @Post('$attachment')
  @HttpCode(200)
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async attachment(
    @Body() body: unknown,
    @Headers('traceparent') traceparent: string | undefined,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const question = readAttachmentQuestion(body, this.own.find(identity));
    return JSON.stringify(await this.attachments.read(callOf(identity, traceparent, reply), question));
  }
}
