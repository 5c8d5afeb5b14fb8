import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Evaluations that were used and have not expired yet: each is good for one request. */
export class CreateUsedToken1792540801000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE used_token (
        jti        text        NOT NULL PRIMARY KEY,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX used_token_expiry ON used_token (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE used_token');
  }
}
