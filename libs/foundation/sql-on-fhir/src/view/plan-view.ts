import { isResourceType } from '@samenhang/fhir-r4';
import { analyse, none, type Surroundings } from '../fhirpath/analyse.js';
import { isDescending } from '../fhirpath/direction.js';
import { FhirPathError, type Expression } from '../fhirpath/expression.js';
import { parseFhirPath } from '../fhirpath/parse.js';
import { familyOf, type Term } from '../fhirpath/term.js';
import { InvalidViewError } from '../view-error.js';
import { readConstants } from './read-constants.js';
import { listOf, objectOf, optionalText, textOf, type JsonObject } from './read-json.js';
import type { CellPlan, ColumnPlan, Iteration, RowsPlan, ViewPlan } from './view-plan.js';

/** PostgreSQL holds 1,600 columns; a view nearly that wide is a mistake. */
const MOST_COLUMNS = 1_000;
const DEEPEST = 20;

/**
 * Checks a ViewDefinition (SQL on FHIR v2) and works out its paths against FHIR R4.
 *
 * @throws InvalidViewError naming the place
 */
export function planView(definition: unknown): ViewPlan {
  const view = objectOf(definition, 'ViewDefinition');
  const resourceType = textOf(view['resource'], 'ViewDefinition.resource');
  if (!isResourceType(resourceType))
    throw new InvalidViewError('FHIR R4 has no such resource type', 'ViewDefinition.resource');
  const around: Surroundings = {
    resourceType,
    focusType: resourceType,
    constants: readConstants(view['constant']),
  };
  const planner = new Planner();
  const selects = listOf(view['select'], 'ViewDefinition.select');
  if (selects.length === 0) throw new InvalidViewError('A view has a select', 'ViewDefinition.select');
  const nested = selects.map((select, index) =>
    planner.rows(select, `ViewDefinition.select[${index}]`, around, 0),
  );
  if (planner.columns.length === 0)
    throw new InvalidViewError('A view has at least one column', 'ViewDefinition.select');
  return {
    resourceType,
    columns: planner.columns,
    where: planWhere(view, around),
    rows: { iteration: { kind: 'once' }, cells: [], nested, union: [] },
  };
}

function planWhere(view: JsonObject, around: Surroundings): Term[] {
  return listOf(view['where'] ?? [], 'ViewDefinition.where').map((clause, index) => {
    const at = `ViewDefinition.where[${index}]`;
    const term = path(objectOf(clause, at)['path'], `${at}.path`, around);
    if (term.many || (term.type !== undefined && term.type !== 'boolean'))
      throw new InvalidViewError('The path of a where gives true or false', `${at}.path`);
    return term;
  });
}

class Planner {
  readonly columns: ColumnPlan[] = [];
  readonly #names = new Map<string, number>();

  rows(value: unknown, at: string, around: Surroundings, depth: number): RowsPlan {
    if (depth > DEEPEST) throw new InvalidViewError('The selects nest too deep', at);
    const select = objectOf(value, at);
    const [iteration, inside] = planIteration(select, at, around);
    const cells = listOf(select['column'] ?? [], `${at}.column`).map((column, index) =>
      this.#cell(column, `${at}.column[${index}]`, inside),
    );
    const nested = listOf(select['select'] ?? [], `${at}.select`).map((child, index) =>
      this.rows(child, `${at}.select[${index}]`, inside, depth + 1),
    );
    const union = this.#union(select['unionAll'] ?? [], `${at}.unionAll`, inside, depth + 1);
    return { iteration, cells, nested, union };
  }

  #cell(value: unknown, at: string, around: Surroundings): CellPlan {
    const column = objectOf(value, at);
    const name = textOf(column['name'], `${at}.name`);
    if (!/^[A-Za-z][A-Za-z0-9_]{0,62}$/.test(name))
      throw new InvalidViewError('A column name is a letter, then letters, digits and _', `${at}.name`);
    if (this.#names.has(name)) throw new InvalidViewError('Two columns have this name', `${at}.name`);
    if (this.columns.length >= MOST_COLUMNS) throw new InvalidViewError('The view has too many columns', at);
    const term = path(column['path'], `${at}.path`, around);
    const isCollection = flag(column['collection'], `${at}.collection`);
    const type = optionalText(column['type'], `${at}.type`) ?? term.type;
    assertHolds(type, term, `${at}.type`);
    this.#names.set(name, this.columns.length);
    const description = optionalText(column['description'], `${at}.description`);
    return { column: this.columns.push({ name, type, isCollection, description }) - 1, term };
  }

  /** The branches fill the same columns: each has those of the first, in the same order. */
  #union(value: unknown, at: string, around: Surroundings, depth: number): RowsPlan[] {
    const branches = listOf(value, at);
    const start = this.columns.length;
    const plans: RowsPlan[] = [];
    let first: readonly ColumnPlan[] | undefined;
    for (const [index, branch] of branches.entries()) {
      const plan = this.rows(branch, `${at}[${index}]`, around, depth);
      const own = this.columns.slice(start);
      if (first === undefined) first = own;
      else if (!sameShape(first, own))
        throw new InvalidViewError(
          'The branches of a unionAll have the same columns in the same order',
          `${at}[${index}]`,
        );
      plans.push(plan);
      if (index < branches.length - 1) this.#forget(start);
    }
    return plans;
  }

  #forget(start: number): void {
    for (const { name } of this.columns.splice(start)) this.#names.delete(name);
  }
}

function sameShape(left: readonly ColumnPlan[], right: readonly ColumnPlan[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ name, isCollection }, index) => {
      const other = right[index];
      return other?.name === name && other.isCollection === isCollection;
    })
  );
}

function planIteration(
  select: JsonObject,
  at: string,
  around: Surroundings,
): readonly [Iteration, Surroundings] {
  const given = ['forEach', 'forEachOrNull', 'repeat'].filter((name) => select[name] !== undefined);
  if (given.length > 1)
    throw new InvalidViewError(`A select has one of forEach, forEachOrNull and repeat`, at);
  const [kind] = given;
  if (kind === undefined) return [{ kind: 'once' }, around];
  if (kind === 'repeat') return planRepeat(select, at, around);
  const term = path(select[kind], `${at}.${kind}`, around);
  return [
    { kind: 'each', path: term, orNull: kind === 'forEachOrNull' },
    { ...around, focusType: term.type },
  ];
}

function planRepeat(
  select: JsonObject,
  at: string,
  around: Surroundings,
): readonly [Iteration, Surroundings] {
  const given = listOf(select['repeat'], `${at}.repeat`);
  if (given.length === 0) throw new InvalidViewError('A repeat has at least one path', `${at}.repeat`);
  const sources = given.map((value, index) => textOf(value, `${at}.repeat[${index}]`));
  const pathsOn = (surroundings: Surroundings) =>
    sources.map((source, index) => repeatedPath(source, `${at}.repeat[${index}]`, surroundings));
  const first = pathsOn(around);
  const types = new Set(first.filter((term) => term.kind !== 'none').map((term) => term.type));
  const inside = { ...around, focusType: types.size === 1 ? [...types][0] : undefined };
  return [{ kind: 'repeat', first, again: pathsOn(inside) }, inside];
}

/** A path of a repeat need not exist where it starts: `answer.item` does only below the first items. */
function repeatedPath(source: string, at: string, around: Surroundings): Term {
  const expression = parsed(source, at);
  let term: Term;
  try {
    term = analyse(expression, around);
  } catch (error) {
    if (error instanceof FhirPathError) return none;
    throw error;
  }
  if (!isDescending(term))
    throw new InvalidViewError('A path of a repeat leads to elements below the one it starts at', at);
  return term;
}

function path(value: unknown, at: string, around: Surroundings): Term {
  const expression = parsed(textOf(value, at), at);
  return asViewError(at, () => analyse(expression, around));
}

function parsed(source: string, at: string): Expression {
  return asViewError(at, () => parseFhirPath(source));
}

function asViewError<T>(at: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof FhirPathError) throw new InvalidViewError(error.message, at);
    throw error;
  }
}

/** What a column says it holds must be able to hold what its path gives. */
function assertHolds(type: string | undefined, term: Term, at: string): void {
  const declared = familyOf(type);
  const given = familyOf(term.type);
  if (declared === given || given === 'unknown' || declared === 'complex' || declared === 'unknown') return;
  const loose = declared === 'text' && given !== 'complex';
  const numeric = declared === 'number' && given === 'number';
  if (!loose && !numeric) throw new InvalidViewError(`The path does not give a ${type ?? 'value'}`, at);
}

function flag(value: unknown, at: string): boolean {
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw new InvalidViewError('true or false expected', at);
  return value;
}
