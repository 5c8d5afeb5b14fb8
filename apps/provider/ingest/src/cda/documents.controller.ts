import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { PatientKeyring } from '@samenhang/patient-identity';
import { IntakeMetrics } from '../intake/intake-metrics.js';
import { IntakeQueue } from '../intake/intake-queue.js';
import { readSourceId, requireOwnTenant } from '../sources/own-tenant.js';
import { SourceRegistry } from '../sources/source-registry.js';
import { toCdaArrival } from './cda-arrival.js';

/** CDA documents pushed by a source. 202 means: stored durably, and on its way. */
@Controller('tenants/:ura/sources/:sourceId/documents')
export class DocumentsController {
  constructor(
    private readonly registry: SourceRegistry,
    private readonly intake: IntakeQueue,
    private readonly keyring: PatientKeyring,
    private readonly metrics: IntakeMetrics,
  ) {}

  @Post()
  @HttpCode(202)
  @RequireScopes('ingest:write')
  async receive(
    @Param('ura') ura: string,
    @Param('sourceId') sourceId: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ messageId: string; isDuplicate: boolean }> {
    const source = this.registry.getReceiving(requireOwnTenant(ura, identity), readSourceId(sourceId));
    if (source.declaration.kind !== 'cda')
      throw new Failure('conflict', 'This source is declared as one that sends no documents');
    if (this.intake.isBusy)
      throw new Failure('unavailable', 'Too much is waiting to be stored', { retryAfterSeconds: 1 });
    if (!Buffer.isBuffer(body))
      throw new Failure(
        'unsupported-media-type',
        'Send application/xml, text/xml or application/hl7-cda+xml',
      );
    const arrival = toCdaArrival(body, source, this.keyring);
    if (arrival.refusal !== undefined) {
      this.metrics.count(source, 'refused');
      const { text, location } = arrival.refusal;
      throw new Failure('invalid', 'The document cannot be read', {
        issues: [{ text, expression: location }],
      });
    }
    const [receipt] = await this.intake.submit([arrival]);
    if (receipt === undefined) throw new Error('A stored message has a receipt');
    this.metrics.count(source, receipt.isDuplicate ? 'duplicate' : 'accepted');
    return { messageId: receipt.messageId, isDuplicate: receipt.isDuplicate };
  }
}
