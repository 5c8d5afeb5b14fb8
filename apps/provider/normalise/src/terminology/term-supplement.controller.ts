import { Controller, Get, Query } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { RequireScopes } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { latestSupplement, loadTranslations, type StoredTranslation } from './term-supplement-store.js';

/** Answers of the terminology server that messages are mapped by, as of now or of an earlier version. */
@Controller('term-supplement')
@RequireScopes('mapping:admin')
export class TermSupplementController {
  constructor(private readonly dataSource: DataSource) {}

  @Get()
  async show(
    @Query('version') asked?: string,
  ): Promise<{ version: number; latest: number; translations: StoredTranslation[] }> {
    if (asked !== undefined && !/^\d{1,9}$/.test(asked))
      throw new Failure('malformed', 'version is the number of a state of answers');
    return inTransaction(this.dataSource, async (transaction) => {
      const latest = await latestSupplement(transaction);
      const version = asked === undefined ? latest : Number(asked);
      if (version > latest) throw new Failure('not-found', 'There is no such state of answers');
      return { version, latest, translations: await loadTranslations(transaction, version) };
    });
  }
}
