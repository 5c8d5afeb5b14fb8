import { familyOf, type Term } from '../fhirpath/term.js';
import type { CellPlan, ColumnPlan, Iteration, RowsPlan, ViewPlan } from '../view/view-plan.js';
import { compileTerm, itemsOf, listOf, onlyOf, truthOf } from './compile-term.js';
import { sqlName } from './quote.js';
import { supportSchema } from './support.js';
import { asBoolean, asJson, asNumber, asText, type SqlScene, type SqlValue } from './sql-value.js';

export interface SqlSource {
  /** A FROM item, alias included, as `(SELECT body::jsonb AS resource FROM …) AS source`. */
  readonly from: string;
  /** Its jsonb column with the resource. */
  readonly resource: string;
  /** Whether `from` gives resources of the view's type only. */
  readonly hasOneType?: boolean;
  /** Columns of the source to give besides, before those of the view, as `source.patient_key AS patient_key`. */
  readonly besides?: readonly string[];
  /** Schema of the functions of sql/support.ts; their own where none is named. */
  readonly functionsIn?: string;
}

/**
 * The engine for the record store: a view as one SELECT over jsonb, its columns named and typed as the view says. Texts of
 * the view stand in it as quoted literals (COPY takes no parameters). Two values where one is expected are an error
 * of the server (21000). Needs the functions of sql/support.ts.
 */
export function compileViewToSql(plan: ViewPlan, source: SqlSource): string {
  let names = 0;
  const scene: SqlScene = {
    focus: source.resource,
    resource: source.resource,
    rowIndex: '0',
    itemIndex: '0',
    functions: sqlName(source.functionsIn ?? supportSchema),
    name: (prefix) => `${prefix}${++names}`,
  };
  const compiler = new ViewCompiler(plan.columns);
  const rows = compiler.rows(plan.rows, scene);
  const columns = plan.columns.map(({ name }, index) => `view_rows.${cellName(index)} AS ${sqlName(name)}`);
  const where = plan.where.map((term) => `(${strictTruth(term, scene)})`);
  if (source.hasOneType !== true)
    where.unshift(`${source.resource} ->> 'resourceType' = '${plan.resourceType}'`);
  return (
    `SELECT ${[...(source.besides ?? []), ...columns].join(', ')} FROM ${source.from}, LATERAL (${rows}) AS view_rows` +
    (where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`)
  );
}

class ViewCompiler {
  constructor(private readonly columns: readonly ColumnPlan[]) {}

  /** A SELECT of the cells below a plan, for the focus of the scene around it. */
  rows(plan: RowsPlan, around: SqlScene): string {
    const { from, scene } = this.#iterate(plan.iteration, around);
    const cells = plan.cells.map((cell) => `${this.#cell(cell, scene)} AS ${cellName(cell.column)}`);
    const parts = [...from];
    const add = (rows: string, columns: readonly number[]) => {
      const alias = scene.name('n');
      parts.push(`LATERAL (${rows}) AS ${alias}`);
      cells.push(...columns.map((column) => `${alias}.${cellName(column)}`));
    };
    for (const child of plan.nested) add(this.rows(child, scene), columnsOf(child));
    const [branch] = plan.union;
    if (branch !== undefined) {
      const columns = columnsOf(branch);
      add(plan.union.map((each) => this.#branch(each, columns, scene)).join(' UNION ALL '), columns);
    }
    return `SELECT ${cells.join(', ')}${parts.length === 0 ? '' : ` FROM ${parts.join(' CROSS JOIN ')}`}`;
  }

  /** The branches of a union give their columns in one order. */
  #branch(plan: RowsPlan, columns: readonly number[], scene: SqlScene): string {
    const alias = scene.name('u');
    const cells = columns.map((column) => `${alias}.${cellName(column)}`);
    return `SELECT ${cells.join(', ')} FROM (${this.rows(plan, scene)}) AS ${alias}`;
  }

  #iterate(iteration: Iteration, around: SqlScene): { from: string[]; scene: SqlScene } {
    if (iteration.kind === 'once') return { from: [], scene: around };
    const alias = around.name('f');
    const scene = { ...around, focus: `${alias}.v`, rowIndex: `(${alias}.i - 1)` };
    if (iteration.kind === 'repeat') return { from: [repeat(iteration, around, alias)], scene };
    const items = itemsOf(iteration.path, around, alias);
    if (!iteration.orNull) return { from: [items], scene };
    return {
      from: [`((SELECT 1) AS ${alias}_always LEFT JOIN LATERAL ${items} ON true)`],
      scene: { ...scene, rowIndex: `coalesce(${alias}.i - 1, 0)` },
    };
  }

  #cell({ column, term }: CellPlan, scene: SqlScene): string {
    const plan = this.columns[column];
    if (plan === undefined) throw new RangeError('A cell belongs to a column');
    if (plan.isCollection) return listOf(term, scene);
    const value: SqlValue = term.many ? { sql: onlyOf(term, scene), form: 'json' } : compileTerm(term, scene);
    return typed(value, plan.type, term);
  }
}

/** Depth first, in the order of the paths and of the items: the order of the path to each. */
function repeat(
  { first, again }: Extract<Iteration, { kind: 'repeat' }>,
  scene: SqlScene,
  alias: string,
): string {
  const inner = { ...scene, focus: 'reached.v' };
  const reach = (paths: readonly Term[], from: SqlScene) =>
    paths
      .map((path, index) => {
        const item = scene.name('r');
        return `SELECT ${item}.v, ARRAY[${index}, ${item}.i] AS o FROM ${itemsOf(path, from, item)}`;
      })
      .join(' UNION ALL ');
  return (
    `LATERAL (WITH RECURSIVE reached(v, o) AS (SELECT start.v, start.o FROM (${reach(first, scene)}) AS start ` +
    `UNION ALL SELECT next.v, reached.o || next.o FROM reached, LATERAL (${reach(again, inner)}) AS next) ` +
    `SELECT reached.v, row_number() OVER (ORDER BY reached.o) AS i FROM reached) AS ${alias}`
  );
}

function columnsOf(plan: RowsPlan): number[] {
  const [branch] = plan.union;
  return [
    ...plan.cells.map(({ column }) => column),
    ...plan.nested.flatMap(columnsOf),
    ...(branch === undefined ? [] : columnsOf(branch)),
  ];
}

function cellName(column: number): string {
  return `c${column}`;
}

/** The cell in the SQL type of its column. */
function typed(value: SqlValue, type: string | undefined, term: Term): string {
  switch (familyOf(type)) {
    case 'boolean':
      return asBoolean(value, true);
    case 'number':
      return type === 'decimal' || term.type === 'decimal' ? asNumber(value) : `(${asNumber(value)})::int`;
    case 'text':
    case 'temporal':
      return asText(value);
    default:
      return asJson(value);
  }
}

/** A where that gives something else than true or false is an error, not a yes. */
function strictTruth(term: Term, scene: SqlScene): string {
  return term.type === undefined ? `(${asJson(compileTerm(term, scene))})::boolean` : truthOf(term, scene);
}
