import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateChoice1763700000000 implements MigrationInterface {
  readonly name = 'CreateChoice1763700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE choice (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        patient_key text NOT NULL,
        holder_ura text,
        holder_type text,
        requester_category text NOT NULL,
        category text NOT NULL,
        decision text NOT NULL CHECK (decision IN ('permit', 'deny')),
        recorded_at timestamptz NOT NULL DEFAULT now(),
        CHECK ((holder_ura IS NULL) <> (holder_type IS NULL)),
        UNIQUE NULLS NOT DISTINCT (patient_key, holder_ura, holder_type, requester_category, category)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE choice');
  }
}
