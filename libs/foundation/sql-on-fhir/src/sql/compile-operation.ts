import type { Family, Term } from '../fhirpath/term.js';
import { familyOf } from '../fhirpath/term.js';
import { compileTerm, itemsOf, listOf, oneOf, truthOf } from './compile-term.js';
import { jsonPathOf } from './json-path.js';
import { sqlText } from './quote.js';
import { asNumber, asText, boolean, json, number, text, type SqlScene, type SqlValue } from './sql-value.js';

/** The terms that make a new value of others, as SQL. Its three-valued logic is FHIRPath's. */
export function compileOperation(term: Term, scene: SqlScene): SqlValue {
  switch (term.kind) {
    case 'exists':
      return boolean(exists(term.from, scene));
    case 'empty':
      return boolean(`(NOT ${exists(term.from, scene)})`);
    case 'count':
      return number(`jsonb_array_length(${listOf(term.from, scene)})`);
    case 'all': {
      const alias = scene.name('e');
      const item = { ...scene, focus: `${alias}.v`, itemIndex: `(${alias}.i - 1)` };
      const broken = `(${truthOf(term.criteria, item)}) IS NOT TRUE`;
      return boolean(`(NOT EXISTS (SELECT 1 FROM ${itemsOf(term.from, scene, alias)} WHERE ${broken}))`);
    }
    case 'not':
      return boolean(`(NOT ${truthOf(term.of, scene)})`);
    case 'logic':
      return boolean(logic(term.operator, truthOf(term.left, scene), truthOf(term.right, scene)));
    case 'equal':
      return boolean(equal(term, scene));
    case 'order':
      return boolean(order(term, scene));
    case 'within': {
      const item = oneOf(term.item, scene);
      const alias = scene.name('e');
      const found = `EXISTS (SELECT 1 FROM ${itemsOf(term.collection, scene, alias)} WHERE ${alias}.v = ${item})`;
      return boolean(`(CASE WHEN ${item} IS NOT NULL THEN ${found} END)`);
    }
    case 'arithmetic':
      return number(arithmetic(term.operator, numberOf(term.left, scene), numberOf(term.right, scene)));
    case 'concatenate': {
      const sides = [textOf(term.left, scene), textOf(term.right, scene)];
      return text(`(${(term.lenient ? sides.map((side) => `coalesce(${side}, '')`) : sides).join(' || ')})`);
    }
    case 'join': {
      const alias = scene.name('e');
      const joined = `string_agg(${alias}.v #>> '{}', ${sqlText(term.separator)} ORDER BY ${alias}.i)`;
      return text(`coalesce((SELECT ${joined} FROM ${itemsOf(term.from, scene, alias)}), '')`);
    }
    case 'boundary':
      return boundary(term, scene);
    case 'reference-key':
      return text(referenceKey(oneOf(term.of, scene), term.target));
    case 'text-test':
      return boolean(textTests[term.test](textOf(term.of, scene), textOf(term.part, scene)));
    case 'text-change':
      return text(textChanges[term.change](textOf(term.of, scene)));
    case 'text-length':
      return number(`char_length(${textOf(term.of, scene)})`);
    case 'to-text':
      return text(textOf(term.of, scene));
    default:
      throw new RangeError(`No operation: ${term.kind}`);
  }
}

function textOf(term: Term, scene: SqlScene): string {
  return asText(compileTerm(term, scene));
}

function numberOf(term: Term, scene: SqlScene): string {
  return asNumber(compileTerm(term, scene));
}

function exists(from: Term, scene: SqlScene): string {
  if (!from.many) return `(${oneOf(from, scene)} IS NOT NULL)`;
  const found = jsonPathOf(from);
  if (found === undefined) return `(jsonb_array_length(${listOf(from, scene)}) > 0)`;
  return `coalesce(jsonb_path_exists(${oneOf(found.base, scene)}, ${sqlText(found.path)}), false)`;
}

function logic(operator: 'and' | 'or' | 'xor' | 'implies', left: string, right: string): string {
  switch (operator) {
    case 'and':
      return `(${left} AND ${right})`;
    case 'or':
      return `(${left} OR ${right})`;
    case 'xor':
      return `(${left} <> ${right})`;
    case 'implies':
      return `(NOT ${left} OR ${right})`;
  }
}

function equal(term: Extract<Term, { kind: 'equal' }>, scene: SqlScene): string {
  const { left, right, negated } = term;
  const operator = negated ? '<>' : '=';
  if (left.many || right.many) {
    const [a, b] = [listOf(left, scene), listOf(right, scene)];
    return `(SELECT CASE WHEN a = '[]'::jsonb OR b = '[]'::jsonb THEN NULL ELSE a ${operator} b END FROM (SELECT ${a}, ${b}) AS both_sides(a, b))`;
  }
  if (term.family === 'temporal')
    return `(${compareTemporal(textOf(left, scene), textOf(right, scene), scene)} ${operator} 0)`;
  const [a, b] = sides(term.family, left, right, scene);
  return `(${a} ${operator} ${b})`;
}

/** Both sides as their own SQL type where their types are known, else as JSON, which compares like with like. */
function sides(family: Family, left: Term, right: Term, scene: SqlScene): [string, string] {
  const known = familyOf(left.type) === family && familyOf(right.type) === family;
  if (known && family === 'text') return [textOf(left, scene), textOf(right, scene)];
  if (known && family === 'number') return [numberOf(left, scene), numberOf(right, scene)];
  if (known && family === 'boolean') return [truthOf(left, scene), truthOf(right, scene)];
  return [oneOf(left, scene), oneOf(right, scene)];
}

function order(term: Extract<Term, { kind: 'order' }>, scene: SqlScene): string {
  const { left, right, operator, family } = term;
  const texts = [textOf(left, scene), textOf(right, scene)] as const;
  switch (family) {
    case 'temporal':
      return `(${compareTemporal(...texts, scene)} ${operator} 0)`;
    case 'text':
      return `(${texts[0]} COLLATE "C" ${operator} ${texts[1]})`;
    case 'number':
      return `(${numberOf(left, scene)} ${operator} ${numberOf(right, scene)})`;
    default:
      return (
        `(CASE WHEN jsonb_typeof(${oneOf(left, scene)}) = 'number' ` +
        `THEN ${numberOf(left, scene)} ${operator} ${numberOf(right, scene)} ` +
        `ELSE ${texts[0]} COLLATE "C" ${operator} ${texts[1]} END)`
      );
  }
}

function compareTemporal(left: string, right: string, { functions }: SqlScene): string {
  return `${functions}.compare_temporal(${left}, ${right})`;
}

/** Division as binary fractions, of which PostgreSQL keeps fifteen digits: what the closures keep. */
function arithmetic(operator: '+' | '-' | '*' | '/' | 'div' | 'mod', left: string, right: string): string {
  switch (operator) {
    case '/':
      return `((${left})::float8 / nullif((${right})::float8, 0))::numeric`;
    case 'div':
      return `trunc(${left} / nullif(${right}, 0))`;
    case 'mod':
      return `mod(${left}, nullif(${right}, 0))`;
    default:
      return `(${left} ${operator} ${right})`;
  }
}

function boundary(term: Extract<Term, { kind: 'boundary' }>, scene: SqlScene): SqlValue {
  if (term.family === 'temporal') {
    const type = sqlText(term.type ?? 'dateTime');
    return text(`${scene.functions}.temporal_boundary(${textOf(term.of, scene)}, ${type}, '${term.side}')`);
  }
  if (term.family !== 'number') return json('NULL::jsonb');
  const sign = term.side === 'low' ? '-' : '+';
  return number(
    `(SELECT trim_scale(n.v ${sign} 0.5 * power(10::numeric, -scale(n.v))) FROM (SELECT ${numberOf(term.of, scene)}) AS n(v))`,
  );
}

/**
 * Most references are `Type/id`, which a pattern without counted repeats tells: those cost ten times as much. No SELECT of its
 * own, in which the reference would stand once: PostgreSQL runs nothing in parallel that has one.
 */
function referenceKey(reference: string, target: string | undefined): string {
  const r = `(${reference} ->> 'reference')`;
  const type = target ?? '[A-Z][A-Za-z]+';
  const key = target === undefined ? `split_part(${r}, '/', 2)` : `substr(${r}, ${target.length + 2})`;
  const id = '[A-Za-z0-9.-]';
  const plain = sqlText(`^${type}/${id}+$`);
  const other = sqlText(`^(?:https?://[^[:space:]?#]+/)?${type}/(${id}{1,64})(?:/_history/${id}{1,64})?$`);
  return (
    `(CASE WHEN ${r} ~ ${plain} THEN CASE WHEN octet_length(${key}) <= 64 THEN ${key} END ` +
    `WHEN ${r} LIKE '%/%/%' THEN substring(${r} FROM ${other}) END)`
  );
}

const textTests = {
  startsWith: (of: string, part: string) => `starts_with(${of}, ${part})`,
  endsWith: (of: string, part: string) => `(right(${of}, char_length(${part})) = ${part})`,
  contains: (of: string, part: string) => `(position(${part} IN ${of}) > 0)`,
} as const;

/** The collation knows letters beyond ASCII, whatever the database's own. */
const textChanges = {
  upper: (of: string) => `upper(${of} COLLATE "pg_c_utf8")`,
  lower: (of: string) => `lower(${of} COLLATE "pg_c_utf8")`,
  trim: (of: string) => `btrim(${of}, E' \\t\\n\\r')`,
} as const;
