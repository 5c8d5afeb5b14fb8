import { Controller, Get, Param, Query } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { readSourceId, requireOwnTenant } from '../sources/own-tenant.js';
import { CoverageFold } from './coverage-fold.js';
import {
  findCoverage,
  findMappedMessages,
  type CoverageEntry,
  type CoverageSelection,
  type MappedMessages,
} from './coverage-store.js';

const PAGE_SIZE = 500;
const LARGEST_PAGE = 5_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

interface CoverageReport {
  readonly source: string;
  readonly mapped: readonly MappedMessages[];
  readonly entries: readonly CoverageEntry[];
  readonly next?: string;
}

type CoverageQuery = Partial<
  Record<'mappingVersion' | 'from' | 'until' | 'unused' | 'count' | 'offset', string>
>;

/** The unmapped report of a source: what its messages carried, and how often the mapping used it. */
@Controller('tenants/:ura/sources/:sourceId/coverage')
@RequireScopes('ingest:admin')
export class CoverageController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly folding: CoverageFold,
  ) {}

  @Get()
  async report(
    @Param('ura') ura: string,
    @Param('sourceId') sourceId: string,
    @Query() query: CoverageQuery,
    @Identity() identity: VerifiedIdentity,
  ): Promise<CoverageReport> {
    const tenant = requireOwnTenant(ura, identity);
    const source = readSourceId(sourceId);
    const limit = readCount(query.count, PAGE_SIZE);
    const offset = readOffset(query.offset);
    const selection = {
      tenant,
      source,
      mappingVersion: query.mappingVersion,
      from: readDay(query.from),
      until: readDay(query.until),
    } satisfies CoverageSelection;
    const page = { unusedOnly: query.unused === 'true', limit: limit + 1, offset };
    await this.folding.fold();
    const [mapped, found] = await inTransaction(this.dataSource, async (transaction) => [
      await findMappedMessages(transaction, selection),
      await findCoverage(transaction, selection, page),
    ]);
    const report = { source, mapped, entries: found.slice(0, limit) };
    if (found.length <= limit) return report;
    const next = new URLSearchParams({ ...query, count: String(limit), offset: String(offset + limit) });
    return { ...report, next: `/tenants/${tenant}/sources/${source}/coverage?${next.toString()}` };
  }
}

/** @throws Failure('malformed') when the text is no day */
export function readDay(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!DAY.test(text) || Number.isNaN(Date.parse(text)))
    throw new Failure('malformed', 'from and until are days: 2026-11-22');
  return text;
}

function readCount(text: string | undefined, fallback: number): number {
  const count = text === undefined ? fallback : Number(text);
  if (!Number.isInteger(count) || count < 1 || count > LARGEST_PAGE)
    throw new Failure('malformed', `count is a number from 1 to ${String(LARGEST_PAGE)}`);
  return count;
}

function readOffset(text: string | undefined): number {
  const offset = text === undefined ? 0 : Number(text);
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw new Failure('malformed', 'offset is a number from 0');
  return offset;
}
