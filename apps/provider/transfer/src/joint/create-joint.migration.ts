import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fence } from '../storage/tenant-fence.js';

/** Records that several care providers keep together, at the one that keeps them: every version, with who wrote it. */
export class CreateJoint1796100002000 implements MigrationInterface {
  readonly name = 'CreateJoint1796100002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE joint_record (
      tenant text COLLATE "C" NOT NULL,
      type text COLLATE "C" NOT NULL,
      id uuid NOT NULL,
      version integer NOT NULL,
      patient_key text COLLATE "C" NOT NULL,
      sealed_bsn jsonb NOT NULL,
      participants text[] NOT NULL,
      PRIMARY KEY (tenant, type, id)
    )`);
    await runner.query('CREATE INDEX joint_record_patient ON joint_record (tenant, patient_key, type)');
    await runner.query(`CREATE TABLE joint_version (
      tenant text COLLATE "C" NOT NULL,
      type text COLLATE "C" NOT NULL,
      id uuid NOT NULL,
      version integer NOT NULL,
      author text COLLATE "C" NOT NULL,
      professional text,
      last_updated timestamptz NOT NULL,
      changes jsonb NOT NULL,
      body jsonb NOT NULL,
      PRIMARY KEY (tenant, type, id, version)
    )`);
    for (const table of ['joint_record', 'joint_version']) await fence(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE joint_version, joint_record');
  }
}
