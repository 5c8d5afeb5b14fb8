import { Controller, Get, Param } from '@nestjs/common';
import { RequireScopes } from '@samenhang/identity';
import { mappingVersion } from '@samenhang/mapping';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { MappingReleases } from './mapping-releases.js';

/** Versions of the mapping that messages can be mapped by: of this release, and of those in MAPPING_RELEASES. */
@Controller('mapping-versions')
@RequireScopes('normalise:map')
export class MappingVersionsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly releases: MappingReleases,
  ) {}

  @Get()
  async list(): Promise<{ current: string; rules: string[] }> {
    return { current: mappingVersion, rules: await this.releases.list() };
  }

  /** Starts it, so that what is wrong with it is known before a replay. */
  @Get(':version')
  async find(@Param('version') version: string): Promise<{ version: string }> {
    const mapping = await inTransaction(this.dataSource, (transaction) =>
      this.releases.named(transaction, version),
    );
    return { version: mapping.version };
  }
}
