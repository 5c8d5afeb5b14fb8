import type { MigrationInterface, QueryRunner } from 'typeorm';

const tables = ['resource', 'resource_history'];
const named = `current_setting('samenhang.tenant', true)`;

/** The fence between tenants looks at the setting once for a statement instead of for each row: in a subquery, as `consent_fence` does. */
export class ReadFenceOnce1796700000000 implements MigrationInterface {
  readonly name = 'ReadFenceOnce1796700000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables)
      await runner.query(
        `ALTER POLICY tenant_fence ON ${table} USING (tenant = (SELECT ${named}) OR (SELECT ${named}) = '*')`,
      );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables)
      await runner.query(`ALTER POLICY tenant_fence ON ${table} USING (tenant = ${named} OR ${named} = '*')`);
  }
}
