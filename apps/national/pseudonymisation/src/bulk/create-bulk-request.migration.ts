import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests over the event log that were admitted or refused: each is good for one use. */
export class CreateBulkRequest1792540805000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE bulk_request (
        client_id  text        NOT NULL,
        jti        text        NOT NULL,
        event_id   uuid        NOT NULL,
        refusal    text,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (client_id, jti)
      )`);
    await runner.query('CREATE INDEX bulk_request_expiry ON bulk_request (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE bulk_request');
  }
}
