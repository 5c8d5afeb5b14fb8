import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import { createClientKey } from '@samenhang/identity';
import { runService } from '@samenhang/service-kit';
import { createTestDatabase, freePort, TokenIssuer } from '@samenhang/testing';
import pg from 'pg';
import { addressBookService } from '../src/index.js';

export interface RunningAddressBook {
  readonly url: string;
  readonly issuer: TokenIssuer;
  query<Row>(sql: string): Promise<Row[]>;
  /** Ends the service in the midst of what it does, and starts it again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startAddressBook(variables: Record<string, string> = {}): Promise<RunningAddressBook> {
  const database = await createTestDatabase();
  await migrateEventLog(database.url);
  const issuer = await TokenIssuer.start('registrar');
  const secrets = mkdtempSync(join(tmpdir(), 'address-book-'));
  writeFileSync(join(secrets, 'client-address-book.json'), JSON.stringify(await createClientKey()));
  const settings = {
    PORT: String(await freePort()),
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
    SECRETS_DIR: secrets,
    AUTHORISATION_SERVER_URL: issuer.url,
    ...variables,
  };
  let service = await runService(addressBookService, settings);
  const client = new pg.Client({ connectionString: database.url, options: '-c search_path=address_book' });
  await client.connect();
  return {
    url: service.url,
    issuer,
    query: async <Row>(sql: string) => (await client.query(sql)).rows as Row[],
    async restart() {
      await service.close();
      service = await runService(addressBookService, settings);
    },
    async stop() {
      await client.end();
      await service.close();
      await issuer.close();
      await database.drop();
      rmSync(secrets, { recursive: true });
    },
  };
}
