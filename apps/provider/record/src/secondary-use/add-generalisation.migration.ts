import { supportFunctionsIn } from '@samenhang/sql-on-fhir';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { generalisationFunctions } from './generalisation.js';

/** The functions by which views run and facts become coarser inside the database. */
export class AddGeneralisation1796300000000 implements MigrationInterface {
  readonly name = 'AddGeneralisation1796300000000';

  async up(runner: QueryRunner): Promise<void> {
    const [row] = (await runner.query('SELECT current_schema() AS schema')) as { schema: string }[];
    await runner.query(supportFunctionsIn(row?.schema ?? ''));
    await runner.query(generalisationFunctions);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION permitted_moment(text, text, int), permitted_period(jsonb, text, int),
      permitted_concept(jsonb), permitted_coding(jsonb), permitted_quantity(jsonb), permitted_birth_date(text),
      permitted_postcodes(jsonb), permitted_plain(jsonb)`);
    await runner.query('DROP FUNCTION temporal_boundary(text, text, text), compare_temporal(text, text)');
    await runner.query('DROP FUNCTION temporal_parts(text)');
  }
}
