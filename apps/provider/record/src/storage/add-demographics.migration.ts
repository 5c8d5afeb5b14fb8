import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keyed hashes of birth date and family names: enough to see that two Patients under one BSN cannot be one person. */
export class AddDemographics1795400000002 implements MigrationInterface {
  readonly name = 'AddDemographics1795400000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE patient ADD COLUMN birth_key text, ADD COLUMN name_keys text[]');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE patient DROP COLUMN birth_key, DROP COLUMN name_keys');
  }
}
