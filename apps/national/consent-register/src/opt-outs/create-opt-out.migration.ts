import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One sequence for both uses: revisions are given out and committed in one order, so that who follows misses none. */
export class CreateOptOut1763700002000 implements MigrationInterface {
  readonly name = 'CreateOptOut1763700002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE SEQUENCE opt_out_revision');
    await runner.query(`
      CREATE TABLE opt_out (
        data_use text NOT NULL CHECK (data_use IN ('primary', 'secondary')),
        person text NOT NULL,
        opted_out boolean NOT NULL,
        revision bigint NOT NULL,
        changed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (data_use, person),
        UNIQUE (data_use, revision)
      )`);
    await runner.query(`
      CREATE TABLE objection_names_used (
        organisation text NOT NULL,
        day date NOT NULL,
        used bigint NOT NULL,
        PRIMARY KEY (organisation, day)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE objection_names_used');
    await runner.query('DROP TABLE opt_out');
    await runner.query('DROP SEQUENCE opt_out_revision');
  }
}
