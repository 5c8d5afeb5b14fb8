import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Outputs of several files, and the signed statement of what was released. */
export class AddReleases1796400003000 implements MigrationInterface {
  readonly name = 'AddReleases1796400003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE output ADD files jsonb NOT NULL DEFAULT '[]', ADD manifest text, ADD signature text,
        ADD CHECK ((manifest IS NULL) = (signature IS NULL))`);
    await runner.query(`
      UPDATE output SET files = jsonb_build_array(jsonb_build_object(
        'name', 'table.' || (request ->> 'format'), 'sha256', sha256, 'bytes', 0))
      WHERE sha256 IS NOT NULL`);
    await runner.query('ALTER TABLE output DROP COLUMN sha256');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE output ADD sha256 text');
    await runner.query(`UPDATE output SET sha256 = files -> 0 ->> 'sha256'`);
    await runner.query('ALTER TABLE output DROP COLUMN files, DROP COLUMN manifest, DROP COLUMN signature');
  }
}
