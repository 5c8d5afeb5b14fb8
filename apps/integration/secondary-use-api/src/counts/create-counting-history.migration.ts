import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What an organisation was told, and of whom. The population is fixed when its first question comes: a history is about the same
 * persons at the same places.
 */
export class CreateCountingHistory1796400002000 implements MigrationInterface {
  readonly name = 'CreateCountingHistory1796400002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE counting_population (
        requester text PRIMARY KEY,
        persons text[] NOT NULL,
        counting_key jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE counting_answer (
        requester text NOT NULL REFERENCES counting_population,
        place integer NOT NULL,
        fingerprint text NOT NULL,
        cohort bytea NOT NULL,
        answer jsonb NOT NULL,
        PRIMARY KEY (requester, place)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE counting_answer, counting_population');
  }
}
