import { migrateEventLog } from '@samenhang/event-log-postgres';
import { runService } from '@samenhang/service-kit';
import { createTestDatabase, freePort, TokenIssuer } from '@samenhang/testing';
import pg from 'pg';
import { addressBookService } from '../src/index.js';

export interface RunningAddressBook {
  readonly url: string;
  readonly issuer: TokenIssuer;
  query<Row>(sql: string): Promise<Row[]>;
  stop(): Promise<void>;
}

export async function startAddressBook(): Promise<RunningAddressBook> {
  const database = await createTestDatabase();
  await migrateEventLog(database.url);
  const issuer = await TokenIssuer.start('registrar');
  const service = await runService(addressBookService, {
    PORT: String(await freePort()),
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
    AUTHORISATION_SERVER_URL: issuer.url,
  });
  const client = new pg.Client({ connectionString: database.url, options: '-c search_path=address_book' });
  await client.connect();
  return {
    url: service.url,
    issuer,
    query: async <Row>(sql: string) => (await client.query(sql)).rows as Row[],
    async stop() {
      await client.end();
      await service.close();
      await issuer.close();
      await database.drop();
    },
  };
}
