import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Answers of a terminology server that messages were mapped by: written once, never changed; a later one takes its place. */
export class CreateTermSupplement1796600000001 implements MigrationInterface {
  readonly name = 'CreateTermSupplement1796600000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE term_translation (
      version integer NOT NULL,
      binding text NOT NULL,
      system text NOT NULL,
      code text NOT NULL,
      target_system text NOT NULL,
      target_code text NOT NULL,
      target_display text,
      server text NOT NULL,
      answered_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (version, binding, system, code)
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE term_translation');
  }
}
