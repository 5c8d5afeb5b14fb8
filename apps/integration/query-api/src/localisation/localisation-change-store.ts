import { Injectable } from '@nestjs/common';
import type { Transaction } from '@samenhang/event-log';
import { DataSource } from 'typeorm';

/** All times are of the database's clock: instances need not agree on theirs. */
@Injectable()
export class LocalisationChangeStore {
  constructor(private readonly dataSource: DataSource) {}

  async put(transaction: Transaction, patientHandles: readonly string[]): Promise<void> {
    await transaction.query(
      `INSERT INTO localisation_change (patient_handle, changed_at)
       SELECT DISTINCT handle COLLATE "C", clock_timestamp() FROM unnest($1::text[]) AS handle ORDER BY 1
       ON CONFLICT (patient_handle) DO UPDATE SET changed_at = EXCLUDED.changed_at`,
      [patientHandles],
    );
  }

  async now(): Promise<Date> {
    const [row] = await this.dataSource.query<{ now: Date }[]>('SELECT clock_timestamp() AS now');
    if (row === undefined) throw new Error('The database has no time');
    return row.now;
  }

  async changedSince(patientHandle: string, moment: Date): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      'SELECT 1 FROM localisation_change WHERE patient_handle = $1 AND changed_at >= $2',
      [patientHandle, moment],
    );
    return rows.length > 0;
  }

  async forget(olderThanSeconds: number): Promise<void> {
    await this.dataSource.query(
      'DELETE FROM localisation_change WHERE changed_at < clock_timestamp() - make_interval(secs => $1)',
      [olderThanSeconds],
    );
  }
}
