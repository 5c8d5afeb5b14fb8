import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sets of code tables: written once, never changed. Which of them is used is the last of the activations. */
export class CreateTableSets1795500000001 implements MigrationInterface {
  readonly name = 'CreateTableSets1795500000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE table_set (
      version integer PRIMARY KEY,
      digest text NOT NULL,
      files jsonb NOT NULL,
      tests jsonb NOT NULL,
      note text NOT NULL,
      copy_of integer REFERENCES table_set (version),
      created_at timestamptz NOT NULL DEFAULT now(),
      created_by text NOT NULL
    )`);
    await runner.query(`CREATE TABLE table_activation (
      version integer PRIMARY KEY REFERENCES table_set (version),
      activated_at timestamptz NOT NULL DEFAULT now(),
      activated_by text NOT NULL
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE table_activation, table_set');
  }
}
