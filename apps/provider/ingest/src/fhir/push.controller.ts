import { Body, Controller, HttpCode, Header, Param, Post, Req } from '@nestjs/common';
import { Failure, type OperationOutcome } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { PatientKeyring } from '@samenhang/patient-identity';
import type { FastifyRequest } from 'fastify';
import type { Receipt } from '../intake/arrival.js';
import { IntakeMetrics } from '../intake/intake-metrics.js';
import { IntakeQueue } from '../intake/intake-queue.js';
import { readSourceId, requireOwnTenant } from '../sources/own-tenant.js';
import { SourceRegistry } from '../sources/source-registry.js';
import type { Source } from '../sources/source.js';
import { toFhirArrival } from './fhir-arrival.js';
import { readLines, readResource, type FhirMessage } from './read-push.js';

/** FHIR pushed by a source: a resource, a Bundle, or NDJSON. 202 means: stored durably, and on its way. */
@Controller('tenants/:ura/sources/:sourceId/fhir')
export class PushController {
  constructor(
    private readonly registry: SourceRegistry,
    private readonly intake: IntakeQueue,
    private readonly keyring: PatientKeyring,
    private readonly metrics: IntakeMetrics,
  ) {}

  @Post()
  @HttpCode(202)
  @Header('content-type', 'application/fhir+json; charset=utf-8')
  @RequireScopes('ingest:write')
  async receive(
    @Param('ura') ura: string,
    @Param('sourceId') sourceId: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Identity() identity: VerifiedIdentity,
  ): Promise<OperationOutcome> {
    const source = this.registry.find(requireOwnTenant(ura, identity), readSourceId(sourceId));
    if (source === undefined) throw new Failure('not-found', 'This source is not declared');
    if (source.declaration.kind !== 'fhir-push')
      throw new Failure('conflict', 'This source is declared as one that does not push');
    if (this.intake.isBusy)
      throw new Failure('unavailable', 'Too much is waiting to be stored', { retryAfterSeconds: 1 });
    const receivedAt = new Date();
    const messages = this.#read(body, request, source);
    const receipts = await this.intake.submit(
      messages.map((message) => toFhirArrival(message, source, this.keyring, receivedAt)),
    );
    const duplicates = receipts.filter(({ isDuplicate }) => isDuplicate).length;
    this.metrics.count(source, 'duplicate', duplicates);
    this.metrics.count(source, 'accepted', receipts.length - duplicates);
    return outcomeOf(receipts);
  }

  #read(body: unknown, request: FastifyRequest, source: Source): FhirMessage[] {
    try {
      if (request.rawText !== undefined) return readResource(body, request.rawText);
      const type = request.headers['content-type'] ?? '';
      if (typeof body === 'string' && type.includes('ndjson')) return readLines(body);
      throw new Failure('unsupported-media-type', 'Send application/fhir+json or application/fhir+ndjson');
    } catch (error) {
      this.metrics.count(source, 'refused');
      throw error;
    }
  }
}

function outcomeOf(receipts: readonly Receipt[]): OperationOutcome {
  return {
    resourceType: 'OperationOutcome',
    issue: receipts.map(({ messageId, isDuplicate }) => ({
      severity: 'information',
      code: 'informational',
      diagnostics: `Stored as message ${messageId}${isDuplicate ? ' before' : ''}`,
      details: {
        coding: [{ system: 'https://samenhang.example/fhir/CodeSystem/message-id', code: messageId }],
      },
    })),
  };
}
