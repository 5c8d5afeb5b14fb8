import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Permits, and who decided what about them, to which is only ever added. */
export class CreatePermit1796400000000 implements MigrationInterface {
  readonly name = 'CreatePermit1796400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE permit (
        id uuid PRIMARY KEY,
        requester text NOT NULL,
        application jsonb NOT NULL,
        status text NOT NULL CHECK (status IN ('submitted', 'granted', 'rejected', 'withdrawn')),
        expires_at timestamptz,
        project_secret jsonb,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE permit_decision (
        permit_id uuid NOT NULL REFERENCES permit,
        place integer GENERATED ALWAYS AS IDENTITY,
        act text NOT NULL,
        organisation text,
        person text NOT NULL,
        decided_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (permit_id, place)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE permit_decision, permit');
  }
}
