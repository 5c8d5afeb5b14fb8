import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The present version of each resource with what searches look at, and every version there ever was. */
export class CreateDirectory1792540800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE resource (
        resource_type    text        NOT NULL,
        id               text        NOT NULL,
        version          integer     NOT NULL,
        custodian        text        NOT NULL CHECK (custodian ~ '^[0-9]{8}$'),
        last_updated     timestamptz NOT NULL,
        active           boolean,
        status           text,
        name             text,
        identifiers      text[]      NOT NULL,
        resource_references text[]   NOT NULL,
        content          text        NOT NULL,
        PRIMARY KEY (resource_type, id)
      )`);
    await runner.query('CREATE INDEX resource_identifiers ON resource USING gin (identifiers)');
    await runner.query('CREATE INDEX resource_references ON resource USING gin (resource_references)');
    await runner.query('CREATE INDEX resource_last_updated ON resource (resource_type, last_updated)');
    await runner.query(`
      CREATE TABLE resource_version (
        resource_type text        NOT NULL,
        id            text        NOT NULL,
        version       integer     NOT NULL,
        last_updated  timestamptz NOT NULL,
        content       text        NOT NULL,
        PRIMARY KEY (resource_type, id, version)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE resource_version');
    await runner.query('DROP TABLE resource');
  }
}
