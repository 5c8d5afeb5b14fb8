import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Under which version of the pseudonymisation key each registration is kept; and, for a day, what each older pseudonym
 * was replaced by, so that tokens made before a new version are served as well.
 */
export class AddKeyVersions1792540802000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE registration ADD COLUMN key_version integer NOT NULL DEFAULT 1');
    await runner.query(`
      CREATE TABLE pseudonym_successor (
        old_hash    bytea       NOT NULL PRIMARY KEY CHECK (octet_length(old_hash) = 32),
        new_hash    bytea       NOT NULL CHECK (octet_length(new_hash) = 32),
        new_version integer     NOT NULL,
        created_at  timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX pseudonym_successor_age ON pseudonym_successor (created_at)');
    await runner.query(
      'CREATE TABLE key_version_seen (version integer NOT NULL PRIMARY KEY, seen_at timestamptz NOT NULL DEFAULT now())',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE key_version_seen');
    await runner.query('DROP TABLE pseudonym_successor');
    await runner.query('ALTER TABLE registration DROP COLUMN key_version');
  }
}
