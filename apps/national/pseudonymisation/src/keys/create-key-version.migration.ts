import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which key of the store is which version of a recipient, and when. A row stays when its key is destroyed. */
export class CreateKeyVersion1792540802000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE key_version (
        organisation text        NOT NULL,
        scope        text        NOT NULL,
        version      integer     NOT NULL CHECK (version > 0),
        label        text        NOT NULL,
        active_from  timestamptz NOT NULL,
        active_until timestamptz CHECK (active_until >= active_from),
        destroyed_at timestamptz,
        PRIMARY KEY (organisation, scope, version)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE key_version');
  }
}
