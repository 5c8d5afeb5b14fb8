import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What should be registered, and what the index is known to hold. `actual` is `unknown` from before a call until its
 * outcome is stored: after a crash in between, the call is made again rather than believed.
 */
export class CreateRegistrationState1792540800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE registration_state (
        tenant       text        NOT NULL,
        patient_key  text        NOT NULL,
        category     text        NOT NULL,
        desired      boolean     NOT NULL,
        revision     bigint      NOT NULL,
        actual       text        NOT NULL DEFAULT 'absent' CHECK (actual IN ('absent', 'present', 'unknown')),
        sealed_bsn   bytea,
        attempts     integer     NOT NULL DEFAULT 0,
        next_try     timestamptz NOT NULL DEFAULT now(),
        claim        uuid,
        last_failure text,
        PRIMARY KEY (tenant, patient_key, category)
      ) WITH (fillfactor = 70)`);
    await runner.query(`
      CREATE INDEX registration_state_pending ON registration_state (next_try)
       WHERE actual <> CASE WHEN desired THEN 'present' ELSE 'absent' END`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE registration_state');
  }
}
