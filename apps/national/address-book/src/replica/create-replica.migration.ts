import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Copies of other directories stand among the resources with no custodian: nobody writes them here. Beside them is kept
 * what was heard of each, tombstones included, so that an older message never overwrites a newer one.
 */
export class CreateReplica1792540801000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE resource DROP CONSTRAINT resource_custodian_check');
    await runner.query(
      `ALTER TABLE resource ADD CONSTRAINT resource_custodian_check CHECK (custodian = '' OR custodian ~ '^[0-9]{8}$')`,
    );
    // Many are written at once and then looked up: a list of entries to be sorted in later would be read by each look-up.
    for (const index of ['resource_identifiers', 'resource_references'])
      await runner.query(`ALTER INDEX ${index} SET (fastupdate = off)`);
    await runner.query(`
      CREATE TABLE directory (
        base         text        NOT NULL PRIMARY KEY,
        kind         text        NOT NULL,
        uras         text[]      NOT NULL,
        watermark    timestamptz,
        ready_at     timestamptz,
        synchronised_at timestamptz,
        failures     integer     NOT NULL DEFAULT 0,
        last_failure text,
        next_try     timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE directory_entry (
        base          text        NOT NULL REFERENCES directory (base) ON DELETE CASCADE,
        resource_type text        NOT NULL,
        remote_id     text        NOT NULL,
        local_id      text        NOT NULL,
        remote_version integer    NOT NULL,
        remote_updated timestamptz NOT NULL,
        version       integer     NOT NULL,
        content_hash  bytea,
        PRIMARY KEY (base, resource_type, remote_id)
      )`);
    await runner.query('CREATE INDEX directory_entry_local ON directory_entry (resource_type, local_id)');
    await runner.query(
      'CREATE INDEX resource_version_updated ON resource_version (resource_type, last_updated, id, version)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const index of ['resource_identifiers', 'resource_references'])
      await runner.query(`ALTER INDEX ${index} RESET (fastupdate)`);
    await runner.query('DROP INDEX resource_version_updated');
    await runner.query('DROP TABLE directory_entry');
    await runner.query('DROP TABLE directory');
    await runner.query(`DELETE FROM resource WHERE custodian = ''`);
    await runner.query('ALTER TABLE resource DROP CONSTRAINT resource_custodian_check');
    await runner.query(
      `ALTER TABLE resource ADD CONSTRAINT resource_custodian_check CHECK (custodian ~ '^[0-9]{8}$')`,
    );
  }
}
