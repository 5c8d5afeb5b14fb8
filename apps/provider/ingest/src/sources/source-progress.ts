import { Injectable } from '@nestjs/common';
import type { Ura } from '@samenhang/data-model';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { findSourceFigures, type SourceFigures } from '../observability/source-figures.js';
import type { Source } from './source.js';

export interface PullProgressEntry {
  readonly resourceType: string;
  /** Up to when everything has been read, by the clock of the source. */
  readonly watermark: string | null;
  readonly completedAt: Date | null;
  /** A round is under way. */
  readonly isReading: boolean;
}

export type FiguresOfSource = Omit<SourceFigures, 'tenant' | 'source'>;

export interface ProgressOfSource {
  readonly messages: number;
  readonly lastReceivedAt: Date | null;
  readonly pull: readonly PullProgressEntry[];
}

/** How far a source has come. */
@Injectable()
export class SourceProgress {
  constructor(private readonly dataSource: DataSource) {}

  /** The figures of every source of a care provider, by its id. */
  async figuresOf(ura: Ura): Promise<ReadonlyMap<string, FiguresOfSource>> {
    const found = await inTransaction(this.dataSource, (transaction) => findSourceFigures(transaction, ura));
    return new Map(
      found.map(({ source, messages, waiting, waitingSince, quarantined, lastReceivedAt }) => [
        source,
        { messages, waiting, waitingSince, quarantined, lastReceivedAt },
      ]),
    );
  }

  of({ tenant, id }: Source): Promise<ProgressOfSource> {
    return inTransaction(this.dataSource, async (transaction) => {
      const [counted] = await transaction.query<{ messages: number }>(
        'SELECT last_position AS messages FROM source WHERE tenant = $1 AND id = $2',
        [tenant, id],
      );
      const [last] = await transaction.query<{ at: Date }>(
        `SELECT received_at AS at FROM message
          WHERE tenant = $1 AND source = $2 AND replay_of IS NULL AND position = $3 LIMIT 1`,
        [tenant, id, counted?.messages ?? 0],
      );
      const pull = await transaction.query<PullProgressEntry & Record<string, unknown>>(
        `SELECT resource_type AS "resourceType", watermark, completed_at AS "completedAt", round IS NOT NULL AS "isReading"
           FROM pull_progress WHERE tenant = $1 AND source = $2 ORDER BY resource_type`,
        [tenant, id],
      );
      return { messages: counted?.messages ?? 0, lastReceivedAt: last?.at ?? null, pull };
    });
  }
}
