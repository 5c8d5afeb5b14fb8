import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Observations are set down as they come and added up in batches: a counter for each path is too many rows for each chunk. */
export class AddCoverageInbox1795400000003 implements MigrationInterface {
  readonly name = 'AddCoverageInbox1795400000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE coverage_inbox (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      tenant text NOT NULL,
      source text NOT NULL,
      mapping_version text NOT NULL,
      day date NOT NULL,
      observations jsonb NOT NULL
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE coverage_inbox');
  }
}
