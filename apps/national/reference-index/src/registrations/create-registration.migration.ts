import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The unique key leads on the pseudonym, so that it serves as the index of every lookup as well. */
export class CreateRegistration1792540800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE registration (
        id             uuid        NOT NULL PRIMARY KEY,
        pseudonym_hash bytea       NOT NULL CHECK (octet_length(pseudonym_hash) = 32),
        custodian      text        NOT NULL CHECK (custodian ~ '^[0-9]{8}$'),
        category       text        NOT NULL,
        source         text        NOT NULL,
        created_at     timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT registration_once UNIQUE (pseudonym_hash, custodian, category, source)
      )`);
    await runner.query('CREATE INDEX registration_custodian ON registration (custodian, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE registration');
  }
}
