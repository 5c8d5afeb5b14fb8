import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Consents that a holder keeps itself, and the fence below every query that what they withhold does not pass: a statement
 * reads no more of the record than the settings of its transaction disclose, whoever wrote it.
 */
export class AddConsents1796310000000 implements MigrationInterface {
  readonly name = 'AddConsents1796310000000';

  async up(runner: QueryRunner): Promise<void> {
    // The content is without the patient, who is sealed beside it.
    const version = `
      tenant text COLLATE "C" NOT NULL,
      id uuid NOT NULL,
      version integer NOT NULL,
      bsn_key text COLLATE "C" NOT NULL,
      sealed bytea NOT NULL,
      status text NOT NULL,
      content text NOT NULL,
      recorded_at timestamptz NOT NULL DEFAULT now(),
      recorded_by text NOT NULL`;
    await runner.query(`CREATE TABLE consent (${version}, PRIMARY KEY (tenant, id))`);
    await runner.query(`CREATE INDEX consent_of_person ON consent (tenant, bsn_key)`);
    await runner.query(`CREATE TABLE consent_history (${version}, PRIMARY KEY (tenant, id, version))`);
    for (const table of ['consent', 'consent_history']) await fenceTenants(runner, table);
    for (const table of ['resource', 'resource_history']) await fenceDisclosure(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['resource', 'resource_history'])
      await runner.query(`DROP POLICY consent_fence ON ${table}`);
    for (const table of ['consent_history', 'consent']) await runner.query(`DROP TABLE ${table}`);
  }
}

async function fenceTenants(runner: QueryRunner, table: string): Promise<void> {
  await runner.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
  await runner.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
  await runner.query(
    `CREATE POLICY tenant_fence ON ${table} USING (tenant = current_setting('samenhang.tenant', true))`,
  );
}

/** Settings are read once for a statement (they stand in subqueries), and nearly always there are none. */
async function fenceDisclosure(runner: QueryRunner, table: string): Promise<void> {
  const setting = (name: string): string => `coalesce(current_setting('samenhang.${name}', true), '')`;
  const list = (name: string): string => `(SELECT string_to_array(${setting(name)}, ','))`;
  const category = `coalesce(category, '*')`;
  const name = `${category} || '|' || type || '/' || id`;
  await runner.query(`CREATE POLICY consent_fence ON ${table} AS RESTRICTIVE FOR SELECT USING (
    (SELECT ${setting('limited')} = '' AND ${setting('withheld')} = '')
    OR patient_key IS NULL
    OR (NOT ${name} = ANY (${list('withheld')}::text[])
        AND (NOT ${category} = ANY (${list('limited')}::text[]) OR ${name} = ANY (${list('opened')}::text[]))))`);
}
