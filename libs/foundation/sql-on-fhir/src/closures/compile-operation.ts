import { exactDecimal } from '@samenhang/fhir-r4';
import type { Term, TermKind } from '../fhirpath/term.js';
import { ViewRunError } from '../view-error.js';
import { compileMany, compileOne, type One } from './compile-term.js';
import { decimalBoundary } from './decimal-boundary.js';
import { keyOfReference } from './reference-key.js';
import { temporalBoundary } from './temporal.js';
import { isEqual, isSame, numberOf, numberText, orderOf, truthOf, type Value } from './values.js';

type NavigationKind =
  | 'none'
  | 'literal'
  | 'focus'
  | 'resource'
  | 'row-index'
  | 'item-index'
  | 'member'
  | 'resources-of-type'
  | 'filter'
  | 'each'
  | 'pick'
  | 'item-at'
  | 'single'
  | 'slice'
  | 'distinct'
  | 'union';

/** The terms that make a new value of others. */
export type OperationTerm = Exclude<TermKind, { kind: NavigationKind }>;

export function compileOperation(term: OperationTerm & Pick<Term, 'type'>): One {
  switch (term.kind) {
    case 'exists': {
      const exists = compileExists(term.from);
      return (focus, scene) => exists(focus, scene);
    }
    case 'empty': {
      const exists = compileExists(term.from);
      return (focus, scene) => exists(focus, scene) !== true;
    }
    case 'count': {
      const from = compileMany(term.from);
      return (focus, scene) => from(focus, scene).length;
    }
    case 'all': {
      const [from, criteria] = [compileMany(term.from), compileOne(term.criteria)];
      return (focus, scene) => from(focus, scene).every((item) => truthOf(criteria(item, scene)) === true);
    }
    case 'not': {
      const of = compileOne(term.of);
      return (focus, scene) => {
        const value = truthOf(of(focus, scene));
        return value === undefined ? undefined : !value;
      };
    }
    case 'logic':
      return compileLogic(term.operator, compileOne(term.left), compileOne(term.right));
    case 'equal':
      return compileEqual(term);
    case 'order':
      return compileOrder(term);
    case 'within': {
      const [item, collection] = [compileOne(term.item), compileMany(term.collection)];
      return (focus, scene) => {
        const value = item(focus, scene);
        if (value === undefined) return undefined;
        return collection(focus, scene).some((member) => isSame(member, value));
      };
    }
    case 'arithmetic':
      return compileArithmetic(term.operator, compileOne(term.left), compileOne(term.right));
    case 'concatenate': {
      const [left, right] = [compileOne(term.left), compileOne(term.right)];
      return (focus, scene) => concatenate(left(focus, scene), right(focus, scene), term.lenient);
    }
    case 'join': {
      const from = compileMany(term.from);
      return (focus, scene) => from(focus, scene).map(textOf).join(term.separator);
    }
    case 'boundary':
      return compileBoundary(term);
    case 'reference-key': {
      const of = compileOne(term.of);
      return (focus, scene) => keyOfReference(of(focus, scene), term.target);
    }
    case 'text-test':
      return compileTextTest(term.test, compileOne(term.of), compileOne(term.part));
    case 'text-change':
      return ofText(compileOne(term.of), changes[term.change]);
    case 'text-length':
      return ofText(compileOne(term.of), (text) => [...text].length);
    case 'to-text': {
      const of = compileOne(term.of);
      return (focus, scene) => {
        const value = of(focus, scene);
        return value === undefined ? undefined : textOf(value);
      };
    }
    case 'choose': {
      const [condition, then, otherwise] = [term.condition, term.then, term.otherwise].map(compileOne) as [
        One,
        One,
        One,
      ];
      return (focus, scene) =>
        truthOf(condition(focus, scene)) === true ? then(focus, scene) : otherwise(focus, scene);
    }
  }
}

function compileExists(from: Term): One {
  if (!from.many) {
    const one = compileOne(from);
    return (focus, scene) => one(focus, scene) !== undefined;
  }
  const many = compileMany(from);
  return (focus, scene) => many(focus, scene).length > 0;
}

type Truth = boolean | undefined;

/** Three-valued logic (FHIRPath N1, "Boolean logic"): `false and {}` is false, `true and {}` is empty. */
const logic: Readonly<Record<string, (left: Truth, right: Truth) => Truth>> = {
  and: (left, right) =>
    left === false || right === false ? false : left === undefined || right === undefined ? undefined : true,
  or: (left, right) =>
    left === true || right === true ? true : left === undefined || right === undefined ? undefined : false,
  xor: (left, right) => (left === undefined || right === undefined ? undefined : left !== right),
  implies: (left, right) =>
    left === false || right === true ? true : left === undefined || right === undefined ? undefined : false,
};

function compileLogic(operator: string, left: One, right: One): One {
  const combine = logic[operator];
  if (combine === undefined) throw new RangeError(`No operator ${operator}`);
  return (focus, scene) => combine(truthOf(left(focus, scene)), truthOf(right(focus, scene)));
}

function compileEqual(term: Extract<TermKind, { kind: 'equal' }>): One {
  const { family, negated } = term;
  const turned = (result: Truth): Truth => (result === undefined ? undefined : result !== negated);
  if (!term.left.many && !term.right.many) {
    const [left, right] = [compileOne(term.left), compileOne(term.right)];
    return (focus, scene) => {
      const a = left(focus, scene);
      const b = right(focus, scene);
      return a === undefined || b === undefined ? undefined : turned(isEqual(a, b, family));
    };
  }
  const [left, right] = [compileMany(term.left), compileMany(term.right)];
  return (focus, scene) => {
    const a = left(focus, scene);
    const b = right(focus, scene);
    if (a.length === 0 || b.length === 0) return undefined;
    if (a.length !== b.length) return turned(false);
    const results = a.map((item, index) => isEqual(item, b[index], family));
    if (results.includes(false)) return turned(false);
    return results.includes(undefined) ? undefined : turned(true);
  };
}

function compileOrder(term: Extract<TermKind, { kind: 'order' }>): One {
  const [left, right] = [compileOne(term.left), compileOne(term.right)];
  const holds = orders[term.operator];
  return (focus, scene) => {
    const a = left(focus, scene);
    const b = right(focus, scene);
    if (a === undefined || b === undefined) return undefined;
    const order = orderOf(a, b, term.family);
    return order === undefined ? undefined : holds(order);
  };
}

const orders: Readonly<Record<'<' | '<=' | '>' | '>=', (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

type Calculation = (left: number, right: number) => number | undefined;

/** Dividing by zero gives nothing (FHIRPath N1, "Math"). */
const calculations: Readonly<Record<'+' | '-' | '*' | '/' | 'div' | 'mod', Calculation>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => (right === 0 ? undefined : left / right),
  div: (left, right) => (right === 0 ? undefined : Math.trunc(left / right)),
  mod: (left, right) => (right === 0 ? undefined : left % right),
};

function compileArithmetic(operator: keyof typeof calculations, left: One, right: One): One {
  const calculate = calculations[operator];
  return (focus, scene) => {
    const a = left(focus, scene);
    const b = right(focus, scene);
    if (a === undefined || b === undefined) return undefined;
    const result = calculate(numberOf(a), numberOf(b));
    // Sixteen digits are what a binary fraction holds; one less takes 0.1 + 0.2 back to 0.3.
    return result === undefined ? undefined : Number(result.toPrecision(15));
  };
}

function concatenate(left: Value, right: Value, lenient: boolean): Value {
  if (!lenient && (left === undefined || right === undefined)) return undefined;
  return `${left === undefined ? '' : textOf(left)}${right === undefined ? '' : textOf(right)}`;
}

function compileBoundary(term: Extract<TermKind, { kind: 'boundary' }> & Pick<Term, 'type'>): One {
  const of = compileOne(term.of);
  const { side, family, type = 'dateTime' } = term;
  return (focus, scene) => {
    const value = of(focus, scene);
    if (value === undefined) return undefined;
    if (family === 'temporal') return temporalBoundary(textOf(value), type, side);
    const bound = decimalBoundary(numberText(value), side);
    return bound === undefined ? undefined : exactDecimal(bound);
  };
}

const tests = {
  startsWith: (text: string, part: string) => text.startsWith(part),
  endsWith: (text: string, part: string) => text.endsWith(part),
  contains: (text: string, part: string) => text.includes(part),
} as const;

function compileTextTest(test: keyof typeof tests, of: One, part: One): One {
  return (focus, scene) => {
    const wanted = part(focus, scene);
    const value = of(focus, scene);
    if (value === undefined || wanted === undefined) return undefined;
    return tests[test](textOf(value), textOf(wanted));
  };
}

const changes = {
  upper: (text: string) => text.toUpperCase(),
  lower: (text: string) => text.toLowerCase(),
  trim: (text: string) => text.trim(),
} as const;

function ofText(of: One, change: (text: string) => Value): One {
  return (focus, scene) => {
    const value = of(focus, scene);
    return value === undefined ? undefined : change(textOf(value));
  };
}

function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'object' && !('rawJSON' in (value ?? {})))
    throw new ViewRunError('A text is expected');
  return numberText(value);
}
