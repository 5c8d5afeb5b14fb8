import { Injectable } from '@nestjs/common';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import type { Source } from './source.js';

export interface PullProgressEntry {
  readonly resourceType: string;
  /** Up to when everything has been read, by the clock of the source. */
  readonly watermark: string | null;
  readonly completedAt: Date | null;
  /** A round is under way. */
  readonly isReading: boolean;
}

export interface ProgressOfSource {
  readonly messages: number;
  readonly lastReceivedAt: Date | null;
  readonly pull: readonly PullProgressEntry[];
}

/** How far a source has come. */
@Injectable()
export class SourceProgress {
  constructor(private readonly dataSource: DataSource) {}

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
