import type { MigrationInterface, QueryRunner } from 'typeorm';

const tables = ['secondary_export', 'secondary_export_part'];

/** Exports and what is made of them: a part and how far it goes are committed together, so none is lost or made twice. */
export class CreateExport1796310000000 implements MigrationInterface {
  readonly name = 'CreateExport1796310000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE secondary_export (
      id uuid PRIMARY KEY,
      tenant text COLLATE "C" NOT NULL,
      client text NOT NULL,
      terms jsonb NOT NULL,
      request jsonb NOT NULL,
      status text NOT NULL CHECK (status IN ('running', 'done', 'failed')),
      place integer NOT NULL DEFAULT 0,
      after_id text COLLATE "C",
      problem text,
      transaction_time timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL
    )`);
    await runner.query(`CREATE TABLE secondary_export_part (
      export_id uuid NOT NULL REFERENCES secondary_export ON DELETE CASCADE,
      tenant text COLLATE "C" NOT NULL,
      part integer NOT NULL,
      type text NOT NULL,
      rows integer NOT NULL,
      body text NOT NULL,
      PRIMARY KEY (export_id, part)
    )`);
    const named = `current_setting('samenhang.tenant', true)`;
    for (const table of tables) {
      await runner.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      await runner.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      await runner.query(
        `CREATE POLICY tenant_fence ON ${table} USING (tenant = ${named} OR ${named} = '*')`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE secondary_export_part, secondary_export');
  }
}
