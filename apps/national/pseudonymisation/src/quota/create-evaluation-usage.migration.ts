import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateEvaluationUsage1792540800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE evaluation_usage (
        subject        text        NOT NULL,
        window_seconds integer     NOT NULL,
        window_start   timestamptz NOT NULL,
        used           bigint      NOT NULL,
        PRIMARY KEY (subject, window_seconds, window_start)
      ) WITH (fillfactor = 50)`);
    await runner.query('CREATE INDEX evaluation_usage_start ON evaluation_usage (window_start)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE evaluation_usage');
  }
}
