import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether a message only mentioned what is stored, so that any full description takes its place. */
export class AddMentions1795305601000 implements MigrationInterface {
  readonly name = 'AddMentions1795305601000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE resource ADD COLUMN mentioned boolean NOT NULL DEFAULT false');
    await runner.query('ALTER TABLE resource_history ADD COLUMN mentioned boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE resource_history DROP COLUMN mentioned');
    await runner.query('ALTER TABLE resource DROP COLUMN mentioned');
  }
}
