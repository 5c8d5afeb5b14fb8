import type { CellPlan, ColumnPlan, Iteration, RowsPlan, ViewPlan } from '../view/view-plan.js';
import { ViewRunError } from '../view-error.js';
import { compileMany, compileOne, type Many, type Scene } from './compile-term.js';
import type { Value } from './values.js';

/** One row: the cells in the order of the view's columns, null where there is nothing. */
export type Row = readonly unknown[];

/** Gives the rows of one resource to `emit`; resources of other types give none. @throws ViewRunError */
export type ViewRunner = (resource: unknown, emit: (row: Row) => void) => void;

type Fill = (row: unknown[], focus: Value, scene: Scene) => void;
type Next = () => void;
type Rows = (row: unknown[], focus: Value, scene: Scene, next: Next) => void;

/** The engine for streams: a view as closures over one row that is filled, given out and filled again. */
export function compileView(plan: ViewPlan): ViewRunner {
  const where = plan.where.map((term) => compileOne(term));
  const width = plan.columns.length;
  const rows = compileRows(plan.rows, plan.columns);
  return (resource, emit) => {
    if (!isOfType(resource, plan.resourceType)) return;
    const scene: Scene = { resource, rowIndex: 0, itemIndex: 0 };
    for (const clause of where) {
      const holds = clause(resource, scene);
      if (holds !== undefined && typeof holds !== 'boolean')
        throw new ViewRunError('A where gives something else than true or false');
      if (holds !== true) return;
    }
    const row = new Array<unknown>(width).fill(null);
    rows(row, resource, scene, () => {
      emit(row.slice());
    });
  };
}

function isOfType(resource: unknown, type: string): boolean {
  return (
    typeof resource === 'object' &&
    resource !== null &&
    (resource as { resourceType?: unknown }).resourceType === type
  );
}

function compileRows(plan: RowsPlan, columns: readonly ColumnPlan[]): Rows {
  const cells = plan.cells.map((cell) => compileCell(cell, columns));
  const nested = plan.nested.map((child) => compileRows(child, columns));
  const union = plan.union.map((branch) => compileRows(branch, columns));
  const parts = union.length === 0 ? nested : [...nested, oneAfterAnother(union)];
  const combined = combine(parts);
  const body: Rows = (row, focus, scene, next) => {
    for (const fill of cells) fill(row, focus, scene);
    combined(row, focus, scene, next);
  };
  return iterate(plan.iteration, body);
}

/** Each row of one part with each row of the others. */
function combine(parts: readonly Rows[]): Rows {
  const [first, ...others] = parts;
  if (first === undefined) {
    return (_row, _focus, _scene, next) => {
      next();
    };
  }
  if (others.length === 0) return first;
  const rest = combine(others);
  return (row, focus, scene, next) => {
    // A part that iterates leaves its own index behind; the parts beside it see that of the select they are in.
    const { rowIndex } = scene;
    first(row, focus, scene, () => {
      const inner = scene.rowIndex;
      scene.rowIndex = rowIndex;
      rest(row, focus, scene, next);
      scene.rowIndex = inner;
    });
  };
}

function oneAfterAnother(branches: readonly Rows[]): Rows {
  return (row, focus, scene, next) => {
    for (const branch of branches) branch(row, focus, scene, next);
  };
}

function iterate(iteration: Iteration, body: Rows): Rows {
  if (iteration.kind === 'once') return body;
  const items =
    iteration.kind === 'each'
      ? compileMany(iteration.path)
      : compileRepeat(iteration.first.map(compileMany), iteration.again.map(compileMany));
  const orNull = iteration.kind === 'each' && iteration.orNull;
  return (row, focus, scene, next) => {
    const outer = scene.rowIndex;
    const found = items(focus, scene);
    for (let index = 0; index < found.length; index++) {
      scene.rowIndex = index;
      body(row, found[index], scene, next);
    }
    if (found.length === 0 && orNull) {
      scene.rowIndex = 0;
      body(row, undefined, scene, next);
    }
    scene.rowIndex = outer;
  };
}

/** Each item before what is below it. JSON has no cycles, so it ends. */
function compileRepeat(first: readonly Many[], again: readonly Many[]): Many {
  return (focus, scene) => {
    const found: Value[] = [];
    const collect = (paths: readonly Many[], from: Value): void => {
      for (const path of paths) {
        for (const item of path(from, scene)) {
          found.push(item);
          collect(again, item);
        }
      }
    };
    collect(first, focus);
    return found;
  };
}

function compileCell({ column, term }: CellPlan, columns: readonly ColumnPlan[]): Fill {
  const plan = columns[column];
  if (plan === undefined) throw new RangeError('A cell belongs to a column');
  if (plan.isCollection) {
    const many = compileMany(term);
    return (row, focus, scene) => {
      row[column] = [...many(focus, scene)];
    };
  }
  if (!term.many) {
    const one = compileOne(term);
    return (row, focus, scene) => {
      row[column] = one(focus, scene) ?? null;
    };
  }
  const many = compileMany(term);
  return (row, focus, scene) => {
    const items = many(focus, scene);
    if (items.length > 1)
      throw new ViewRunError(`Column "${plan.name}" has more than one value and is no collection`);
    row[column] = items[0] ?? null;
  };
}
