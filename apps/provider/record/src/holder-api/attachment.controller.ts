import { Controller, Get, Header, Headers, Param, Res } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { fhirJson, versionHeaders } from '@samenhang/fhir-http';
import { Audience, Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { inTenant } from '../storage/tenant-fence.js';
import { findBinary, findDocumentName, isFileOf } from './attachment.js';
import { HolderAccessService } from './holder-access.service.js';
import { Tenants } from './tenants.js';
import { findTraceParent } from './trace-parent.js';

const ID = /^[A-Za-z0-9\-.]{1,64}$/;

/**
 * The bytes of a document that are kept apart from it. A Binary is about nobody by itself: it is given to whoever may have
 * the document that it is asked through, and recorded as an access to that.
 */
@Controller('tenants/:ura/fhir/Binary')
@Audience((publicUrl, { ura }) => `${publicUrl}/tenants/${ura}/fhir`)
export class AttachmentController {
  constructor(
    private readonly access: HolderAccessService,
    private readonly tenants: Tenants,
    private readonly dataSource: DataSource,
  ) {}

  @RequireScopes('holder:read')
  @Get(':id')
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async read(
    @Param('ura') ura: string,
    @Param('id') id: string,
    @Headers() headers: Readonly<Record<string, string | undefined>>,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const tenant = this.tenants.get(ura);
    const document = findDocumentName(headers['x-security-context']);
    if (document === undefined)
      throw new Failure('malformed', 'X-Security-Context names the document of the Binary, as Type/id');
    const caller = { tenant, identity, traceparent: findTraceParent(headers['traceparent']) };
    const { body } = await this.access.read(caller, document);
    const found =
      ID.test(id) && isFileOf(body, id)
        ? await inTenant(this.dataSource, tenant.ura, (transaction) =>
            findBinary(transaction, tenant.ura, id),
          )
        : undefined;
    if (found === undefined) throw new Failure('not-found', 'There is no such resource');
    void reply.headers(versionHeaders(found.version, found.lastUpdated));
    return found.body;
  }
}
