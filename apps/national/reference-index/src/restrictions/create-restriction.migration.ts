import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a person does not want to be told: of which custodian, of which category, to which type of care provider; an
 * empty text is any. Kept per organisation that stated it, so that no one lifts what another stated.
 */
export class CreateRestriction1792540804000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE restriction (
        pseudonym_hash bytea       NOT NULL CHECK (octet_length(pseudonym_hash) = 32),
        stated_by      text        NOT NULL,
        custodian      text        NOT NULL CHECK (custodian = '' OR custodian ~ '^[0-9]{8}$'),
        category       text        NOT NULL,
        requester_type text        NOT NULL,
        key_version    integer     NOT NULL,
        created_at     timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (pseudonym_hash, stated_by, custodian, category, requester_type)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE restriction');
  }
}
