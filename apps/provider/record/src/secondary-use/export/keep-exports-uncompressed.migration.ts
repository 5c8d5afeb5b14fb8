import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A file of an export lives a day and is read a few times: compressing it costs more than making it. */
export class KeepExportsUncompressed1796500000000 implements MigrationInterface {
  readonly name = 'KeepExportsUncompressed1796500000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE secondary_export_part ALTER COLUMN body SET STORAGE EXTERNAL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE secondary_export_part ALTER COLUMN body SET STORAGE EXTENDED');
  }
}
