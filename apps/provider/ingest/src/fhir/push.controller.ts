import { Readable } from 'node:stream';
import { Body, Controller, Header, HttpCode, Param, Post, Req } from '@nestjs/common';
import { Failure, type OperationOutcome } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { PatientKeyring } from '@samenhang/patient-identity';
import type { FastifyRequest } from 'fastify';
import { StreamDeliveries } from '../delivery/stream-deliveries.js';
import { readLines } from '../delivery/read-lines.js';
import type { Receipt } from '../intake/arrival.js';
import { IntakeMetrics } from '../intake/intake-metrics.js';
import { IntakeQueue } from '../intake/intake-queue.js';
import { readSourceId, requireOwnTenant } from '../sources/own-tenant.js';
import { SourceRegistry } from '../sources/source-registry.js';
import type { Source } from '../sources/source.js';
import { checkConditions } from './conditional-requests.js';
import { toFhirArrival, validateFor } from './fhir-arrival.js';
import { isObject, type JsonObject } from '@samenhang/fhir-server';
import { bundleAnswer, outcomeOf, StreamAnswer } from './push-answer.js';
import { recordsOf, toLineArrivals } from './read-ndjson.js';
import { readBatch, readResource, type FhirMessage } from './read-push.js';

/** FHIR pushed by a source: a resource, a Bundle, or NDJSON. 202 means: stored durably, and on its way. */
@Controller('tenants/:ura/sources/:sourceId/fhir')
export class PushController {
  constructor(
    private readonly registry: SourceRegistry,
    private readonly intake: IntakeQueue,
    private readonly streams: StreamDeliveries,
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
  ): Promise<object> {
    const source = this.registry.getReceiving(requireOwnTenant(ura, identity), readSourceId(sourceId));
    if (source.declaration.kind !== 'fhir-push')
      throw new Failure('conflict', 'This source is declared as one that does not push FHIR');
    if (this.intake.isBusy)
      throw new Failure('unavailable', 'Too much is waiting to be stored', { retryAfterSeconds: 1 });
    if (body instanceof Readable) return this.#receiveStream(body, request, source);
    if (request.rawText === undefined) {
      this.metrics.count(source, 'refused');
      throw new Failure('unsupported-media-type', 'Send application/fhir+json or application/fhir+ndjson');
    }
    return this.#receiveResource(body, request.rawText, source);
  }

  async #receiveResource(body: unknown, text: string, source: Source): Promise<object> {
    const validate = (resource: unknown): ReturnType<typeof validateFor> => [
      ...validateFor(source, resource),
      ...checkConditions(resource),
    ];
    const type = isObject(body) && body['resourceType'] === 'Bundle' ? body['type'] : undefined;
    if (type === 'batch' && source.declaration.fhirVersion !== 'stu3') {
      const { messages, refused } = readBatch(body as JsonObject, text, validate);
      this.metrics.count(source, 'refused', refused.size);
      return bundleAnswer(type, entryCount(body), messages, await this.#store(messages, source), refused);
    }
    const messages = this.#read(() => readResource(body, text, validate), source);
    const receipts = await this.#store(messages, source);
    const isAnsweredByBundle = type === 'transaction' || type === 'batch';
    return isAnsweredByBundle
      ? bundleAnswer(type, entryCount(body), messages, receipts, new Map())
      : outcomeOf(receipts);
  }

  /** Line by line, as it comes: what waits for the database holds the sender back. */
  async #receiveStream(body: Readable, request: FastifyRequest, source: Source): Promise<OperationOutcome> {
    const answer = new StreamAnswer();
    const totals = await this.streams.take(
      source,
      body,
      request.headers['idempotency-key'],
      (stream) => recordsOf(readLines(stream)),
      (records) => toLineArrivals(records, source, this.keyring),
      (chunk) => answer.add(chunk),
    );
    if (totals.records === 0) throw new Failure('malformed', 'The body holds no resource');
    return answer.toOutcome(totals);
  }

  async #store(messages: readonly FhirMessage[], source: Source): Promise<readonly Receipt[]> {
    const receivedAt = new Date();
    const receipts = await this.intake.submit(
      messages.map((message) => toFhirArrival(message, source, this.keyring, receivedAt)),
    );
    const duplicates = receipts.filter(({ isDuplicate }) => isDuplicate).length;
    this.metrics.count(source, 'duplicate', duplicates);
    this.metrics.count(source, 'accepted', receipts.length - duplicates);
    return receipts;
  }

  #read(read: () => FhirMessage[], source: Source): FhirMessage[] {
    try {
      return read();
    } catch (error) {
      this.metrics.count(source, 'refused');
      throw error;
    }
  }
}

function entryCount(bundle: unknown): number {
  const entries = isObject(bundle) ? bundle['entry'] : undefined;
  return Array.isArray(entries) ? entries.length : 0;
}
