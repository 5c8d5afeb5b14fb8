import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateKeysAndRevocations1795348800000 implements MigrationInterface {
  readonly name = 'CreateKeysAndRevocations1795348800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE signing_key (
        kid text PRIMARY KEY,
        public_key jsonb NOT NULL,
        sealed_key jsonb NOT NULL,
        signs_from timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE revoked_token (
        entry text PRIMARY KEY,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX revoked_token_expires_at ON revoked_token (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE revoked_token');
    await runner.query('DROP TABLE signing_key');
  }
}
