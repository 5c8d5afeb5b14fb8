import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Care providers of which others were told that they stopped. */
export class CreateStoppedOrganisation1795348801000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE stopped_organisation (ura text PRIMARY KEY)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE stopped_organisation');
  }
}
