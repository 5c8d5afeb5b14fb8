import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whose data a care provider wants to be found at its own server. What is registered of each follows from what the server
 * has, looked at again when it is due.
 */
export class AddDirectPatients1796600000000 implements MigrationInterface {
  readonly name = 'AddDirectPatients1796600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE direct_patient (
      tenant text COLLATE "C" NOT NULL,
      bsn_key text COLLATE "C" NOT NULL,
      due_at timestamptz NOT NULL,
      PRIMARY KEY (tenant, bsn_key)
    )`);
    await runner.query('CREATE INDEX direct_patient_due ON direct_patient (due_at)');
    await runner.query('ALTER TABLE direct_patient ENABLE ROW LEVEL SECURITY');
    await runner.query('ALTER TABLE direct_patient FORCE ROW LEVEL SECURITY');
    const named = `current_setting('samenhang.tenant', true)`;
    await runner.query(
      `CREATE POLICY tenant_fence ON direct_patient USING (tenant = ${named} OR ${named} = '*')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE direct_patient');
  }
}
