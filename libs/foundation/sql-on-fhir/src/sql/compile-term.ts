import type { Term } from '../fhirpath/term.js';
import { compileOperation } from './compile-operation.js';
import { jsonPathOf } from './json-path.js';
import { sqlText } from './quote.js';
import {
  asBoolean,
  asJson,
  asList,
  asNumber,
  boolean,
  json,
  list,
  number,
  text,
  type SqlScene,
  type SqlValue,
} from './sql-value.js';

/** A term as an SQL expression over jsonb. */
export function compileTerm(term: Term, scene: SqlScene): SqlValue {
  switch (term.kind) {
    case 'none':
      return json('NULL::jsonb');
    case 'literal':
      return literal(term.value);
    case 'focus':
      return json(scene.focus);
    case 'resource':
      return json(scene.resource);
    case 'row-index':
      return number(scene.rowIndex);
    case 'item-index':
      return number(scene.itemIndex);
    case 'member':
      return member(term, scene);
    case 'filter':
      return filter(term, scene);
    case 'resources-of-type': {
      const wanted = sqlText(term.resourceType);
      return selected(term.from, scene, (item) => `${item.focus} ->> 'resourceType' = ${wanted}`);
    }
    case 'each':
      return each(term, scene);
    case 'pick':
      return pick(term, scene);
    case 'item-at': {
      const position = `(${asNumber(compileTerm(term.position, scene))})::int`;
      const items = listOf(term.from, scene);
      return json(`(CASE WHEN ${position} >= 0 THEN ${items} -> ${position} END)`);
    }
    case 'single':
      return json(onlyOf(term.from, scene));
    case 'slice':
      return slice(term, scene);
    case 'distinct':
      return distinct(listOf(term.from, scene), scene);
    case 'union':
      return distinct(`(${listOf(term.left, scene)} || ${listOf(term.right, scene)})`, scene);
    case 'choose': {
      const condition = truthOf(term.condition, scene);
      const form = term.many ? listOf : oneOf;
      const sql = `(CASE WHEN ${condition} THEN ${form(term.then, scene)} ELSE ${form(term.otherwise, scene)} END)`;
      return term.many ? list(sql) : json(sql);
    }
    default:
      return compileOperation(term, scene);
  }
}

export function listOf(term: Term, scene: SqlScene): string {
  return asList(compileTerm(term, scene));
}

export function oneOf(term: Term, scene: SqlScene): string {
  return asJson(compileTerm(term, scene));
}

export function truthOf(term: Term, scene: SqlScene): string {
  return asBoolean(compileTerm(term, scene), term.type === 'boolean');
}

/** The one item of a term; the server raises an error when there are more. */
export function onlyOf(term: Term, scene: SqlScene): string {
  const found = jsonPathOf(term);
  if (found === undefined || !term.many) return oneOf(term, scene);
  return `(SELECT v FROM jsonb_path_query(${oneOf(found.base, scene)}, ${sqlText(found.path)}) AS one_of(v))`;
}

/** A FROM item of the items of a term: columns `v` and `i` (from 1). */
export function itemsOf(term: Term, scene: SqlScene, alias: string): string {
  const found = term.many ? jsonPathOf(term) : undefined;
  const items =
    found === undefined
      ? `jsonb_array_elements(${listOf(term, scene)})`
      : `jsonb_path_query(${oneOf(found.base, scene)}, ${sqlText(found.path)})`;
  return `${items} WITH ORDINALITY AS ${alias}(v, i)`;
}

function literal(value: Extract<Term, { kind: 'literal' }>['value']): SqlValue {
  switch (value.family) {
    case 'boolean':
      return boolean(value.value ? 'true' : 'false');
    case 'number':
      return number(`${sqlText(value.text)}::numeric`);
    default:
      return text(`${sqlText(value.text)}::text`);
  }
}

function member(term: Extract<Term, { kind: 'member' }>, scene: SqlScene): SqlValue {
  if (!term.many) {
    const owner = oneOf(term.from, scene);
    const forms = term.properties.map((property) => `(${owner} -> ${sqlText(property)})`);
    return json(forms.length === 1 ? forms.join('') : `coalesce(${forms.join(', ')})`);
  }
  const found = jsonPathOf(term);
  if (found !== undefined) {
    const base = oneOf(found.base, scene);
    return list(`coalesce(jsonb_path_query_array(${base}, ${sqlText(found.path)}), '[]'::jsonb)`);
  }
  const alias = scene.name('e');
  const forms = term.properties.map((property, index) => {
    const items = `jsonb_path_query(${alias}.v, ${sqlText(`$."${property}"[*] ? (@ != null)`)})`;
    return `SELECT m.v, ${index} AS p, m.i FROM ${items} WITH ORDINALITY AS m(v, i)`;
  });
  return list(
    `(SELECT coalesce(jsonb_agg(m.v ORDER BY ${alias}.i, m.p, m.i), '[]'::jsonb) ` +
      `FROM ${itemsOf(term.from, scene, alias)}, LATERAL (${forms.join(' UNION ALL ')}) AS m)`,
  );
}

function filter(term: Extract<Term, { kind: 'filter' }>, scene: SqlScene): SqlValue {
  const found = term.many ? jsonPathOf(term) : undefined;
  if (found !== undefined) {
    const base = oneOf(found.base, scene);
    return list(`coalesce(jsonb_path_query_array(${base}, ${sqlText(found.path)}), '[]'::jsonb)`);
  }
  return selected(term.from, scene, (item) => truthOf(term.criteria, item));
}

/** The items of `from` for which a condition holds. */
function selected(from: Term, scene: SqlScene, condition: (item: SqlScene) => string): SqlValue {
  const alias = scene.name('e');
  const item = { ...scene, focus: `${alias}.v`, itemIndex: `(${alias}.i - 1)` };
  if (!from.many)
    return json(
      `(SELECT ${alias}.v FROM (SELECT ${oneOf(from, scene)}, 1) AS ${alias}(v, i) WHERE ${condition(item)})`,
    );
  return list(
    `(SELECT coalesce(jsonb_agg(${alias}.v ORDER BY ${alias}.i), '[]'::jsonb) ` +
      `FROM ${itemsOf(from, scene, alias)} WHERE ${condition(item)})`,
  );
}

function each(term: Extract<Term, { kind: 'each' }>, scene: SqlScene): SqlValue {
  const alias = scene.name('e');
  const item = { ...scene, focus: `${alias}.v`, itemIndex: `(${alias}.i - 1)` };
  if (!term.many) {
    const projection = oneOf(term.projection, item);
    return json(
      `(SELECT ${projection} FROM (SELECT ${oneOf(term.from, scene)}, 1) AS ${alias}(v, i) WHERE ${alias}.v IS NOT NULL)`,
    );
  }
  const inner = scene.name('p');
  return list(
    `(SELECT coalesce(jsonb_agg(${inner}.v ORDER BY ${alias}.i, ${inner}.i), '[]'::jsonb) ` +
      `FROM ${itemsOf(term.from, scene, alias)}, LATERAL ${itemsOf(term.projection, item, inner)})`,
  );
}

function pick(term: Extract<Term, { kind: 'pick' }>, scene: SqlScene): SqlValue {
  const found = term.position === 0 && term.from.many ? jsonPathOf(term.from) : undefined;
  if (found !== undefined)
    return json(`jsonb_path_query_first(${oneOf(found.base, scene)}, ${sqlText(found.path)})`);
  const position = term.position === 'last' ? -1 : term.position;
  return json(`(${listOf(term.from, scene)} -> ${position})`);
}

function slice(term: Extract<Term, { kind: 'slice' }>, scene: SqlScene): SqlValue {
  if (term.take === 0) return list(`'[]'::jsonb`);
  const last = term.take === undefined ? 'last' : String(term.skip + term.take - 1);
  const items = listOf(term.from, scene);
  return list(`jsonb_path_query_array(${items}, '$[${term.skip} to ${last}]')`);
}

function distinct(items: string, scene: SqlScene): SqlValue {
  const alias = scene.name('d');
  return list(
    `(SELECT coalesce(jsonb_agg(${alias}.v ORDER BY ${alias}.i), '[]'::jsonb) FROM (SELECT e.v, min(e.i) ` +
      `FROM jsonb_array_elements(${items}) WITH ORDINALITY AS e(v, i) GROUP BY e.v) AS ${alias}(v, i))`,
  );
}
