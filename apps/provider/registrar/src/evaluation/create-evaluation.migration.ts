import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Evaluations asked for over the event log. A request holds its patients until `holds_until`: as long as its answer is
 * awaited, then as long as the answer can be used. One that came to nothing keeps no patient, but says until when this way
 * is not to be tried for its care provider.
 */
export class CreateEvaluation1792540806000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE evaluation_request (
        request_id    text        NOT NULL PRIMARY KEY,
        tenant        text        NOT NULL,
        persons       integer     NOT NULL,
        asked_at      timestamptz NOT NULL DEFAULT now(),
        holds_until   timestamptz NOT NULL,
        answered      boolean     NOT NULL DEFAULT false,
        refusal       text,
        pause_seconds integer
      )`);
    await runner.query(`
      CREATE TABLE evaluation (
        tenant        text    NOT NULL,
        patient_key   text    NOT NULL,
        request_id    text    NOT NULL REFERENCES evaluation_request ON DELETE CASCADE,
        position      integer NOT NULL,
        sealed_factor bytea   NOT NULL,
        token         text,
        PRIMARY KEY (tenant, patient_key)
      )`);
    await runner.query('CREATE UNIQUE INDEX evaluation_of_request ON evaluation (request_id, position)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE evaluation');
    await runner.query('DROP TABLE evaluation_request');
  }
}
