import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateArtifact1763700000000 implements MigrationInterface {
  readonly name = 'CreateArtifact1763700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE artifact (
        model text NOT NULL,
        id text NOT NULL,
        payload jsonb NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (model, id)
      )`);
    await runner.query('CREATE INDEX artifact_expires_at ON artifact (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE artifact');
  }
}
