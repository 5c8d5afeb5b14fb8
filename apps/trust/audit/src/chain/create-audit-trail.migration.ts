import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * NEN 7513: the trail is kept whole. The database refuses to change or delete an event; whoever gets past that breaks
 * the chain, which verification shows.
 */
export class CreateAuditTrail1763700000000 implements MigrationInterface {
  readonly name = 'CreateAuditTrail1763700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_event (
        stream text NOT NULL,
        sequence bigint NOT NULL,
        event_id uuid NOT NULL UNIQUE,
        recorded_at timestamptz NOT NULL,
        patient_key text,
        content text NOT NULL,
        hash text NOT NULL,
        PRIMARY KEY (stream, sequence)
      )`);
    await runner.query('CREATE INDEX audit_event_recorded ON audit_event (stream, recorded_at)');
    await runner.query(
      'CREATE INDEX audit_event_patient ON audit_event (stream, patient_key) WHERE patient_key IS NOT NULL',
    );
    await runner.query(
      'CREATE TABLE chain_head (stream text PRIMARY KEY, sequence bigint NOT NULL, hash text NOT NULL)',
    );
    await runner.query(`
      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'The audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
      END $$`);
    await runner.query(
      'CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    );
    await runner.query(
      'CREATE TRIGGER audit_event_not_truncated BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
    );
    await runner.query(
      'CREATE TRIGGER chain_head_kept BEFORE DELETE ON chain_head FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    );
  }

  async down(): Promise<void> {
    throw new Error('The audit trail is not taken down');
  }
}
