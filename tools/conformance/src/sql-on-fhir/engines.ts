import {
  compileView,
  compileViewToSql,
  planView,
  supportFunctions,
  type ViewPlan,
} from '@samenhang/sql-on-fhir';
import type pg from 'pg';

export interface ViewResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** One way to run a view over resources. Throws for a view, or data, that cannot be run. */
export interface ViewEngine {
  readonly name: string;
  run(view: unknown, resources: readonly unknown[]): Promise<ViewResult>;
}

export const closures: ViewEngine = {
  name: 'closures',
  run: (view, resources) =>
    new Promise((resolve) => {
      const plan = planView(view);
      const rows: (readonly unknown[])[] = [];
      const run = compileView(plan);
      for (const resource of resources) run(resource, (row) => rows.push(row));
      resolve({ columns: columnNames(plan), rows });
    }),
};

/** The engine of the record store, on any PostgreSQL: resources go in as a parameter, not as a table. */
export async function sqlEngine(client: pg.Client): Promise<ViewEngine> {
  await client.query(supportFunctions);
  return {
    name: 'sql',
    async run(view, resources) {
      const plan = planView(view);
      const source = {
        from: `(SELECT value AS resource FROM jsonb_array_elements($1::jsonb)) AS source`,
        resource: 'source.resource',
      };
      const result = await client.query<unknown[]>({
        text: compileViewToSql(plan, source),
        values: [JSON.stringify(resources)],
        rowMode: 'array',
        types: { getTypeParser: (oid: number) => parsers.get(oid) ?? ((text: string) => text) },
      });
      return { columns: result.fields.map(({ name }) => name), rows: result.rows };
    },
  };
}

function columnNames(plan: ViewPlan): string[] {
  return plan.columns.map(({ name }) => name);
}

/** PostgreSQL's own type numbers (pg_type.dat): boolean, whole and decimal numbers, JSON. */
const parsers: ReadonlyMap<number, (text: string) => unknown> = new Map([
  [16, (text) => text === 't'],
  [20, Number],
  [23, Number],
  [1700, Number],
  [3802, (text: string) => JSON.parse(text) as unknown],
]);
