import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Figures of each answered view, nothing about the patient or the asker. */
export class CreateAnsweredView1764000000000 implements MigrationInterface {
  readonly name = 'CreateAnsweredView1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE answered_view (
        id uuid PRIMARY KEY,
        answered_at timestamptz NOT NULL,
        sources integer NOT NULL,
        facts integer NOT NULL,
        milliseconds integer NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE answered_view');
  }
}
