import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was given in an emergency, for the holder to review: once for each declaration and patient. */
export class AddEmergencyAccesses1796000000000 implements MigrationInterface {
  readonly name = 'AddEmergencyAccesses1796000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE emergency_access (
      tenant text COLLATE "C" NOT NULL,
      emergency_id text COLLATE "C" NOT NULL,
      bsn_key text COLLATE "C" NOT NULL,
      patient_id text COLLATE "C",
      requester text NOT NULL,
      professional text NOT NULL,
      role_code text NOT NULL,
      purpose_of_use text NOT NULL,
      resource_types text[] NOT NULL,
      first_at timestamptz NOT NULL DEFAULT now(),
      last_at timestamptz NOT NULL DEFAULT now(),
      reviewed_at timestamptz,
      reviewed_by text,
      verdict text CHECK (verdict IN ('justified', 'unjustified')),
      PRIMARY KEY (tenant, emergency_id, bsn_key)
    )`);
    await runner.query('ALTER TABLE emergency_access ENABLE ROW LEVEL SECURITY');
    await runner.query('ALTER TABLE emergency_access FORCE ROW LEVEL SECURITY');
    await runner.query(
      `CREATE POLICY tenant_fence ON emergency_access USING (tenant = current_setting('samenhang.tenant', true))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE emergency_access');
  }
}
