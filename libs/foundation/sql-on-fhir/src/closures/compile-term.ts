import { exactDecimal, isExactDecimal } from '@samenhang/fhir-r4';
import type { Literal, Term } from '../fhirpath/term.js';
import { compileOperation, type OperationTerm } from './compile-operation.js';
import type { Value } from './values.js';
import { isSame, numberOf, singleOf, truthOf } from './values.js';

/** What an expression can see besides its focus. */
export interface Scene {
  readonly resource: Value;
  rowIndex: number;
  itemIndex: number;
}

/** Gives the value of a term that has at most one; undefined when empty. */
export type One = (focus: Value, scene: Scene) => Value;
/** Gives the items of a term that may have many. */
export type Many = (focus: Value, scene: Scene) => readonly Value[];

const nothing: readonly Value[] = [];

/** A term with at most one item. */
export function compileOne(term: Term): One {
  switch (term.kind) {
    case 'none':
      return () => undefined;
    case 'literal': {
      const value = literalValue(term.value);
      return () => value;
    }
    case 'focus':
      return (focus) => focus;
    case 'resource':
      return (_focus, scene) => scene.resource;
    case 'row-index':
      return (_focus, scene) => scene.rowIndex;
    case 'item-index':
      return (_focus, scene) => scene.itemIndex;
    case 'member':
      return compileMember(term.from, term.properties);
    case 'resources-of-type': {
      const from = compileOne(term.from);
      return (focus, scene) => ofResourceType(from(focus, scene), term.resourceType);
    }
    case 'filter': {
      const [from, criteria] = [compileOne(term.from), compileOne(term.criteria)];
      return (focus, scene) => {
        const value = from(focus, scene);
        return value !== undefined && truthOf(criteria(value, scene)) === true ? value : undefined;
      };
    }
    case 'each': {
      const [from, projection] = [compileOne(term.from), compileOne(term.projection)];
      return (focus, scene) => {
        const value = from(focus, scene);
        return value === undefined ? undefined : projection(value, scene);
      };
    }
    case 'pick':
      return compilePick(term.from, term.position);
    case 'item-at': {
      const [from, position] = [compileMany(term.from), compileOne(term.position)];
      return (focus, scene) => {
        const at = position(focus, scene);
        return at === undefined ? undefined : from(focus, scene)[numberOf(at)];
      };
    }
    case 'single': {
      const from = compileMany(term.from);
      return (focus, scene) => singleOf(from(focus, scene), 'path');
    }
    case 'slice':
    case 'distinct':
    case 'union': {
      const many = compileMany({ ...term, many: true });
      return (focus, scene) => singleOf(many(focus, scene), 'path');
    }
    default:
      return compileOperation(term as OperationTerm & Term);
  }
}

/** The items of a term, one or many. */
export function compileMany(term: Term): Many {
  switch (term.kind) {
    case 'member':
      if (term.many) return compileMembers(term.from, term.properties);
      break;
    case 'filter':
      return compileFilter(compileMany(term.from), compileOne(term.criteria));
    case 'each': {
      const [from, projection] = [compileMany(term.from), compileMany(term.projection)];
      return (focus, scene) => from(focus, scene).flatMap((item) => projection(item, scene));
    }
    case 'resources-of-type': {
      const from = compileMany(term.from);
      return (focus, scene) =>
        from(focus, scene).filter((item) => ofResourceType(item, term.resourceType) !== undefined);
    }
    case 'slice': {
      const from = compileMany(term.from);
      const end = term.take === undefined ? undefined : term.skip + term.take;
      return (focus, scene) => from(focus, scene).slice(term.skip, end);
    }
    case 'distinct': {
      const from = compileMany(term.from);
      return (focus, scene) => distinct(from(focus, scene));
    }
    case 'union': {
      const [left, right] = [compileMany(term.left), compileMany(term.right)];
      return (focus, scene) => distinct([...left(focus, scene), ...right(focus, scene)]);
    }
    case 'choose': {
      const condition = compileOne(term.condition);
      const [then, otherwise] = [compileMany(term.then), compileMany(term.otherwise)];
      return (focus, scene) =>
        truthOf(condition(focus, scene)) === true ? then(focus, scene) : otherwise(focus, scene);
    }
    default:
  }
  const one = compileOne(term);
  return (focus, scene) => {
    const value = one(focus, scene);
    return value === undefined ? nothing : [value];
  };
}

function compileMember(from: Term, properties: readonly string[]): One {
  const [property, ...others] = properties;
  const owner = from.kind === 'focus' ? undefined : compileOne(from);
  if (property !== undefined && others.length === 0) {
    if (owner === undefined) return (focus) => valueOf(focus, property);
    return (focus, scene) => valueOf(owner(focus, scene), property);
  }
  const get = owner ?? ((focus: Value) => focus);
  return (focus, scene) => {
    const object = get(focus, scene);
    for (const name of properties) {
      const value = valueOf(object, name);
      if (value !== undefined) return value;
    }
    return undefined;
  };
}

function compileMembers(from: Term, properties: readonly string[]): Many {
  if (from.many) {
    const owners = compileMany(from);
    return (focus, scene) => {
      const found: Value[] = [];
      for (const owner of owners(focus, scene)) addMembers(owner, properties, found);
      return found;
    };
  }
  const owner = compileOne(from);
  const [property, ...others] = properties;
  if (property === undefined || others.length > 0)
    return (focus, scene) => addMembers(owner(focus, scene), properties, []);
  return (focus, scene) => {
    const value = valueOf(owner(focus, scene), property);
    if (value === undefined) return nothing;
    if (!Array.isArray(value)) return [value];
    return value.includes(null) ? value.filter((item) => item !== null) : value;
  };
}

function addMembers(owner: Value, properties: readonly string[], found: Value[]): Value[] {
  for (const property of properties) {
    const value = valueOf(owner, property);
    if (Array.isArray(value))
      for (const item of value as Value[]) {
        if (item !== null) found.push(item);
      }
    else if (value !== undefined) found.push(value);
  }
  return found;
}

function valueOf(owner: Value, property: string): Value {
  if (typeof owner !== 'object' || owner === null || isExactDecimal(owner)) return undefined;
  if (!Object.hasOwn(owner, property)) return undefined;
  return (owner as Record<string, Value>)[property] ?? undefined;
}

function compilePick(from: Term, position: number | 'last'): One {
  const items = compileMany(from);
  if (position === 'last') return (focus, scene) => items(focus, scene).at(-1);
  return (focus, scene) => items(focus, scene)[position];
}

function compileFilter(from: Many, criteria: One): Many {
  return (focus, scene) => {
    const found: Value[] = [];
    const outer = scene.itemIndex;
    const items = from(focus, scene);
    for (let index = 0; index < items.length; index++) {
      scene.itemIndex = index;
      if (truthOf(criteria(items[index], scene)) === true) found.push(items[index]);
    }
    scene.itemIndex = outer;
    return found;
  };
}

function ofResourceType(value: Value, resourceType: string): Value {
  return valueOf(value, 'resourceType') === resourceType ? value : undefined;
}

function distinct(values: readonly Value[]): readonly Value[] {
  const found: Value[] = [];
  for (const value of values) if (!found.some((other) => isSame(other, value))) found.push(value);
  return found;
}

function literalValue(literal: Literal): Value {
  if (literal.family === 'boolean') return literal.value;
  return literal.family === 'number' ? exactDecimal(literal.text) : literal.text;
}
