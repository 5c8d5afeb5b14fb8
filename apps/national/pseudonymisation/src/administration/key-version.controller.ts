import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import type { KeyVersion } from '../keys/key-version.js';
import { KeyVersions } from '../keys/key-versions.js';
import { malformed, objectOf, readInstant, readRecipientOf, readVersion } from './administration-body.js';
import { KeyVersionAdministration } from './key-version-administration.js';

interface KeyVersionJson {
  readonly version: number;
  readonly activeFrom: string;
  readonly activeUntil: string | null;
  readonly releasedAt: string | null;
  readonly destroyedAt: string | null;
}

/** For the operator: versions of a recipient's key. A key itself is never shown. */
@Controller('administration/key-versions')
@RequireScopes('prs:admin')
export class KeyVersionController {
  constructor(
    private readonly administration: KeyVersionAdministration,
    private readonly versions: KeyVersions,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  async list(@Query() query: Record<string, unknown>): Promise<KeyVersionJson[]> {
    return (await this.versions.all(readRecipientOf(query))).map(toJson);
  }

  @Post()
  async add(@Body() body: unknown, @Identity() who: VerifiedIdentity): Promise<KeyVersionJson> {
    const members = objectOf(body);
    const activeFrom = readInstant(members, 'activeFrom');
    return toJson(await this.administration.add(readRecipientOf(members), activeFrom, who));
  }

  @Put(':version')
  async end(
    @Param('version') version: string,
    @Body() body: unknown,
    @Identity() who: VerifiedIdentity,
  ): Promise<KeyVersionJson> {
    const members = objectOf(body);
    const until = readInstant(members, 'activeUntil');
    if (until === undefined) throw malformed('activeUntil');
    return toJson(await this.administration.end(readRecipientOf(members), readVersion(version), until, who));
  }

  /** With `rekeying=finished` the operator vouches for what the recipient has not reported. */
  @Delete(':version')
  @HttpCode(204)
  async destroy(
    @Param('version') version: string,
    @Query() query: Record<string, unknown>,
    @Identity() who: VerifiedIdentity,
  ): Promise<void> {
    const isVouchedFor = query['rekeying'] === 'finished';
    await this.administration.destroy(readRecipientOf(query), readVersion(version), isVouchedFor, who);
  }
}

function toJson({ version, activeFrom, activeUntil, releasedAt, destroyedAt }: KeyVersion): KeyVersionJson {
  return {
    version,
    activeFrom: activeFrom.toISOString(),
    activeUntil: activeUntil?.toISOString() ?? null,
    releasedAt: releasedAt?.toISOString() ?? null,
    destroyedAt: destroyedAt?.toISOString() ?? null,
  };
}
