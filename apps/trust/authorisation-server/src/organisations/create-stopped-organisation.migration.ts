import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateStoppedOrganisation1795348802000 implements MigrationInterface {
  readonly name = 'CreateStoppedOrganisation1795348802000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE stopped_organisation (ura text PRIMARY KEY)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE stopped_organisation');
  }
}
