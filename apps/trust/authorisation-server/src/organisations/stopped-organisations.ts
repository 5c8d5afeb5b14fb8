import type { OrganisationStatusChanged } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { DataSource } from 'typeorm';

/** Care providers that stopped, as the address book told: nobody acts for them any more. */
export class StoppedOrganisations {
  constructor(private readonly dataSource: Pick<DataSource, 'query'>) {}

  async isStopped(organisation: string): Promise<boolean> {
    const rows = (await this.dataSource.query('SELECT 1 FROM stopped_organisation WHERE ura = $1', [
      organisation,
    ])) as unknown[];
    return rows.length > 0;
  }

  /** In the order in which it was told. */
  async take(transaction: Transaction, changes: readonly OrganisationStatusChanged[]): Promise<void> {
    const latest = new Map(changes.map(({ ura, active }) => [ura, active]));
    const those = (wanted: boolean): string[] =>
      [...latest].filter(([, active]) => active === wanted).map(([ura]) => ura);
    await transaction.query('DELETE FROM stopped_organisation WHERE ura = ANY ($1)', [those(true)]);
    await transaction.query(
      'INSERT INTO stopped_organisation (ura) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING',
      [those(false)],
    );
  }
}
