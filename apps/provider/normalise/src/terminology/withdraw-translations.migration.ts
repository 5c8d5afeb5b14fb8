import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A translation without a target was withdrawn by a person. */
export class WithdrawTranslations1796600000002 implements MigrationInterface {
  readonly name = 'WithdrawTranslations1796600000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE term_translation ALTER COLUMN target_system DROP NOT NULL,
      ALTER COLUMN target_code DROP NOT NULL,
      ADD CHECK ((target_system IS NULL) = (target_code IS NULL))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM term_translation WHERE target_code IS NULL');
    await runner.query(`ALTER TABLE term_translation ALTER COLUMN target_system SET NOT NULL,
      ALTER COLUMN target_code SET NOT NULL`);
  }
}
