import { Body, Controller, Delete, Get, Header, HttpCode, Post, Query, Res } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import type { FastifyReply } from 'fastify';
import { ReferenceIndexConfiguration } from '../reference-index.configuration.js';
import { PseudonymOpener, type OpenedPseudonym } from '../tokens/pseudonym-opener.js';
import { requesterOf, type Requester } from '../tokens/requester.js';
import { OwnRegistrations } from './own-registrations.js';
import { countOutcomes, pick, readRegistrationBatch, type BatchOutcome } from './registration-batch.js';
import { readDeletionBody, readRegistrationBody } from './registration-body.js';
import type { RegistrationDigest } from './registration-digest.js';
import { readDigestQuery, readRegistrationQuery, tokenInUrl } from './registration-query.js';
import { toJson, type RegistrationJson } from './registration-json.js';
import { RegistrationService } from './registration.service.js';

/** The plain JSON twin of the List API. */
@Controller('registrations')
export class RegistrationsController {
  constructor(
    private readonly registrations: RegistrationService,
    private readonly own: OwnRegistrations,
    private readonly opener: PseudonymOpener,
    private readonly configuration: ReferenceIndexConfiguration,
  ) {}

  /** 201 for a new registration, 200 for one that is there already. */
  @Post()
  @Header('cache-control', 'no-store')
  @RequireScopes('nvi:create')
  async create(
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RegistrationJson> {
    const { organisation } = requesterOf(identity);
    const content = readRegistrationBody(body);
    const create = { kind: 'create', ...content, custodian: organisation, ifNoneExist: true } as const;
    const result = await this.registrations.create(create, identity);
    void reply.code(result.kind === 'created' ? 201 : 200);
    return toJson(result.registration);
  }

  /** Changes for many persons at once, all or nothing; what holds already is no fault. Deletions need `nvi:delete` as well. */
  @Post('batch')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @RequireScopes('nvi:create')
  async change(@Body() body: unknown, @Identity() identity: VerifiedIdentity): Promise<BatchOutcome> {
    const { organisation } = requesterOf(identity);
    const batch = readRegistrationBatch(body, organisation, this.configuration.bundleSize);
    const openTokens = (tokens: readonly string[], requester: Requester): Promise<OpenedPseudonym[]> =>
      this.opener.openBatch(batch.pseudonyms, requester).then((opened) => pick(opened, tokens));
    return countOutcomes(await this.registrations.apply(batch.operations, identity, openTokens));
  }

  /** The caller's own, a page at a time. */
  @Get()
  @Header('cache-control', 'no-store')
  @RequireScopes('nvi:read')
  async list(
    @Query() query: Record<string, unknown>,
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ registrations: RegistrationJson[]; total: number; next?: string }> {
    const page = await this.own.search(readRegistrationQuery(query), identity);
    return {
      registrations: page.registrations.map(toJson),
      total: page.total,
      ...(page.next === undefined ? {} : { next: page.next }),
    };
  }

  /** For reconciliation, in parts that can be listed by `category` and `bucket`. */
  @Get('digest')
  @Header('cache-control', 'no-store')
  @RequireScopes('nvi:read')
  async digest(
    @Query() query: Record<string, unknown>,
    @Identity() identity: VerifiedIdentity,
  ): Promise<RegistrationDigest> {
    return this.own.digest(readDigestQuery(query), identity);
  }

  @Delete()
  @HttpCode(204)
  @RequireScopes('nvi:delete')
  async remove(
    @Query() query: Record<string, unknown>,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<void> {
    if (Object.keys(query).length > 0) throw new Failure('malformed', tokenInUrl);
    await this.registrations.apply([{ kind: 'delete', filter: readDeletionBody(body) }], identity);
  }
}
