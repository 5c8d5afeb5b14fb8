import { randomBytes } from 'node:crypto';
import { createDataSource, inTransaction, provisionServiceRoles } from '@samenhang/persistence';
import { createTestDatabase, type TestDatabase } from '@samenhang/testing';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyChunk } from '../src/intake/apply-chunk.js';
import { AddDemographics1795400000002 } from '../src/storage/add-demographics.migration.js';
import { AddMentions1795305601000 } from '../src/storage/add-mentions.migration.js';
import { AddSearchDetails1796400000000 } from '../src/storage/add-search-details.migration.js';
import { CreateRecord1795305600000 } from '../src/storage/create-record.migration.js';
import { recordCounts } from '../src/storage/record-counts.js';
import { inTenant } from '../src/storage/tenant-fence.js';
import {
  allergy,
  hospital,
  handles,
  keyring,
  message,
  patient,
  pharmacy,
  RememberedEvents,
  vault,
} from './record-builders.js';

/** With the service's own database role, which owns its tables and is no superuser, as provisioning makes it. */
describe('the fence between tenants in the database', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    const name = `record_${randomBytes(4).toString('hex')}`;
    const urls = await provisionServiceRoles(database.url, new URL(database.url).pathname.slice(1), [
      { name, password: randomBytes(8).toString('hex') },
    ]);
    dataSource = await createDataSource({
      url: urls.get(name) ?? '',
      schema: name,
      migrations: [
        CreateRecord1795305600000,
        AddMentions1795305601000,
        AddDemographics1795400000002,
        AddSearchDetails1796400000000,
      ],
    });
    const events = [hospital, pharmacy].map((tenant) =>
      message({ position: 1, tenant, changes: [patient('p1', '900186021'), allergy('a1', 'p1')] }),
    );
    await inTransaction(dataSource, (transaction) =>
      applyChunk(transaction, events, { keyring, vault, handles, outbox: new RememberedEvents() }),
    );
  });
  afterAll(async () => {
    await dataSource?.destroy();
    await database?.drop();
  });

  const tables = [
    'resource',
    'patient',
    'patient_identifier',
    'citizen_number',
    'fact_count',
    'availability',
  ];

  it.each(tables)('shows a tenant its own rows of %s only, whatever is asked', async (table) => {
    const tenants = await inTenant(dataSource, hospital, (transaction) =>
      transaction.query<{ tenant: string }>(`SELECT DISTINCT tenant FROM ${table}`),
    );
    expect(tenants).toEqual([{ tenant: hospital }]);
  });

  it('shows nothing to who names no tenant, and does not remember a name', async () => {
    expect(await dataSource.query('SELECT * FROM resource')).toEqual([]);
  });

  it('lets nobody write for another tenant', async () => {
    const write = inTenant(dataSource, hospital, async (transaction) => {
      await transaction.query(`INSERT INTO fact_count VALUES ('44444444', 99, 'Condition', 1)`);
    });
    await expect(write).rejects.toThrow('row-level security');
  });

  it('counts over all tenants for the status', async () => {
    expect(await recordCounts(dataSource)).toEqual({ resources: 4, patients: 2 });
  });
});
