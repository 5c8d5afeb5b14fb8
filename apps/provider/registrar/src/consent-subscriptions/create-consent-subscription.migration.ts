import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of whom the consent register tells us, or is still to be asked to. The BSN is sealed, and there only until it was asked. */
export class CreateConsentSubscription1792540807000 implements MigrationInterface {
  readonly name = 'CreateConsentSubscription1792540807000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE consent_subscription (
        tenant text NOT NULL,
        patient_key text NOT NULL,
        id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
        sealed_bsn bytea,
        attempts integer NOT NULL DEFAULT 0,
        next_try timestamptz NOT NULL DEFAULT now(),
        told_at timestamptz,
        PRIMARY KEY (tenant, patient_key)
      )`);
    await runner.query(
      'CREATE INDEX consent_subscription_wanted ON consent_subscription (next_try) WHERE sealed_bsn IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE consent_subscription');
  }
}
