import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Orders what is published about the choices of one citizen. */
export class AddChoiceRevision1763700001000 implements MigrationInterface {
  readonly name = 'AddChoiceRevision1763700001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE SEQUENCE choice_revision');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SEQUENCE choice_revision');
  }
}
