import { compileViewToSql, type ViewPlan } from '@samenhang/sql-on-fhir';

/** Gives for each row of the view whose it is, and its cells as JSON: as an array, or as an object with the names of the columns. */
export function viewStatement(plan: ViewPlan, from: string, form: 'array' | 'object' = 'array'): string {
  const rows = compileViewToSql(plan, {
    from,
    resource: 'permitted.resource',
    hasOneType: true,
    besides: ['permitted.person AS "person of row"'],
    functionsIn: 'record',
  });
  const columns = plan.columns.map(({ name }) => `view_rows."${name}"`).join(', ');
  const cells =
    form === 'array'
      ? `json_build_array(${columns})`
      : `(SELECT row_to_json(c) FROM (SELECT ${columns}) AS c)`;
  return `SELECT view_rows."person of row" AS person, ${cells}::text AS cells FROM (${rows}) AS view_rows`;
}
