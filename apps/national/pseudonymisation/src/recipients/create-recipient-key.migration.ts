import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRecipientKey1792540803000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE recipient_key (
        organisation  text        NOT NULL,
        scope         text        NOT NULL,
        jwk           jsonb       NOT NULL,
        clients       jsonb       NOT NULL,
        registered_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (organisation, scope)
      )`);
    await runner.query(`
      CREATE TABLE recipient_challenge (
        challenge  text        NOT NULL PRIMARY KEY,
        client_id  text        NOT NULL,
        expires_at timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE recipient_challenge');
    await runner.query('DROP TABLE recipient_key');
  }
}
