import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who is to be told when a citizen's choices about a holder change. A change raises `generation`, an answer that takes the
 * notification raises `told` to it: a change during a delivery is not lost, and a delivery twice does no harm.
 */
export class CreateSubscription1763700003000 implements MigrationInterface {
  readonly name = 'CreateSubscription1763700003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE subscription (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        patient_key text NOT NULL,
        holder text NOT NULL,
        holder_type text NOT NULL,
        sealed jsonb NOT NULL,
        generation bigint NOT NULL DEFAULT 0,
        told bigint NOT NULL DEFAULT 0,
        attempts integer NOT NULL DEFAULT 0,
        next_try timestamptz NOT NULL DEFAULT now(),
        UNIQUE (patient_key, holder)
      )`);
    await runner.query('CREATE INDEX subscription_due ON subscription (next_try) WHERE told < generation');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE subscription');
  }
}
