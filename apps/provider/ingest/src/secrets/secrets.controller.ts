import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { AdministrationTrail } from '../administration-trail.js';
import { readSourceId, requireOwnTenant } from '../sources/own-tenant.js';
import { secretNamePattern, SourceSecrets, type SecretEntry, type SecretOwner } from './source-secrets.js';

const LONGEST_SECRET = 64 * 1024;

/** Credentials of a source: put in and taken away here, and never given out. */
@Controller('tenants/:ura/sources/:sourceId/secrets')
@RequireScopes('ingest:admin')
export class SecretsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly secrets: SourceSecrets,
    private readonly trail: AdministrationTrail,
  ) {}

  @Get()
  async list(
    @Param('ura') ura: string,
    @Param('sourceId') sourceId: string,
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ secrets: SecretEntry[] }> {
    const owner = { tenant: requireOwnTenant(ura, identity), id: readSourceId(sourceId) };
    return {
      secrets: await inTransaction(this.dataSource, (transaction) => this.secrets.list(transaction, owner)),
    };
  }

  /** The body is the credential itself, as plain text. */
  @Put(':name')
  @HttpCode(204)
  async put(
    @Param('ura') ura: string,
    @Param('sourceId') sourceId: string,
    @Param('name') name: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<void> {
    const owner = this.#ownerOf(ura, sourceId, identity);
    if (!secretNamePattern.test(name))
      throw new Failure('malformed', 'The name of a secret has lower-case letters, digits and hyphens');
    if (typeof body !== 'string' || body === '' || body.length > LONGEST_SECRET)
      throw new Failure('malformed', 'Send the secret itself as text/plain, at most 64 KiB');
    const record = this.trail.of(identity, owner.tenant, `PUT sources/${owner.id}/secrets/${name}`);
    await inTransaction(this.dataSource, async (transaction) => {
      await this.secrets.save(transaction, owner, name, body);
      await record(transaction);
    });
  }

  @Delete(':name')
  @HttpCode(204)
  async remove(
    @Param('ura') ura: string,
    @Param('sourceId') sourceId: string,
    @Param('name') name: string,
    @Identity() identity: VerifiedIdentity,
  ): Promise<void> {
    const owner = this.#ownerOf(ura, sourceId, identity);
    const record = this.trail.of(identity, owner.tenant, `DELETE sources/${owner.id}/secrets/${name}`);
    await inTransaction(this.dataSource, async (transaction) => {
      if (!(await this.secrets.remove(transaction, owner, name)))
        throw new Failure('not-found', 'This source has no such secret');
      await record(transaction);
    });
  }

  #ownerOf(ura: string, sourceId: string, identity: VerifiedIdentity): SecretOwner {
    return { tenant: requireOwnTenant(ura, identity), id: readSourceId(sourceId) };
  }
}
