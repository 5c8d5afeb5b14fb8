import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateWipeRequest1792540803000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE wipe_request (
        custodian         text        NOT NULL PRIMARY KEY,
        confirmation_hash bytea       NOT NULL,
        registrations     bigint      NOT NULL,
        expires_at        timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE wipe_request');
  }
}
