import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a recipient reported that it keeps nothing any more under a version of its key. */
export class AddKeyRelease1792540806000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key_version ADD COLUMN released_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key_version DROP COLUMN released_at');
  }
}
