import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the pseudonymisation service was told that nothing is kept under the versions before this one. */
export class AddKeyRelease1792540805000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key_version_seen ADD COLUMN released_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key_version_seen DROP COLUMN released_at');
  }
}
