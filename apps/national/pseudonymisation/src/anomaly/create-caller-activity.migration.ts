import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Counts per caller, recipient and hour: what an anomaly is measured against. No input, no output, no person. */
export class CreateCallerActivity1792540804000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE caller_activity (
        organisation  text        NOT NULL,
        client_id     text        NOT NULL,
        recipient     text        NOT NULL,
        hour          timestamptz NOT NULL,
        requests      bigint      NOT NULL,
        refused       bigint      NOT NULL,
        points        bigint      NOT NULL,
        minute        timestamptz NOT NULL,
        minute_points bigint      NOT NULL,
        peak          bigint      NOT NULL,
        PRIMARY KEY (organisation, client_id, recipient, hour)
      ) WITH (fillfactor = 50)`);
    await runner.query('CREATE INDEX caller_activity_hour ON caller_activity (hour)');
    await runner.query(`
      CREATE TABLE raised_anomaly (
        organisation text        NOT NULL,
        client_id    text        NOT NULL,
        kind         text        NOT NULL,
        recipient    text        NOT NULL,
        hour         timestamptz NOT NULL,
        PRIMARY KEY (organisation, client_id, kind, recipient, hour)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE raised_anomaly');
    await runner.query('DROP TABLE caller_activity');
  }
}
