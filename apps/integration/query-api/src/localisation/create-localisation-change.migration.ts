import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Persons of whom the index began or ceased to name a custodian, as long as an older answer may still be kept somewhere:
 * shared by all instances, of which only one hears of a change.
 */
export class CreateLocalisationChange1764000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE localisation_change (
        patient_handle text        NOT NULL PRIMARY KEY,
        changed_at     timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX localisation_change_changed_at ON localisation_change (changed_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE localisation_change');
  }
}
