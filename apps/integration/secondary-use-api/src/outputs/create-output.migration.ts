import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is made under permits, from the question to its release, and who is in what was released. */
export class CreateOutput1796400001000 implements MigrationInterface {
  readonly name = 'CreateOutput1796400001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE output (
        id uuid PRIMARY KEY,
        permit_id uuid NOT NULL REFERENCES permit,
        requester text NOT NULL,
        request jsonb NOT NULL,
        status text NOT NULL CHECK (status IN ('running', 'failed', 'held', 'checking', 'released', 'refused')),
        holders jsonb NOT NULL DEFAULT '[]',
        report jsonb,
        problem text,
        sha256 text,
        checked_by text,
        created_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz
      )`);
    await runner.query('CREATE INDEX output_of_permit ON output (permit_id, created_at)');
    await runner.query(`
      CREATE TABLE output_person (
        output_id uuid NOT NULL REFERENCES output,
        pseudonym text COLLATE "C" NOT NULL,
        PRIMARY KEY (pseudonym, output_id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE output_person, output');
  }
}
