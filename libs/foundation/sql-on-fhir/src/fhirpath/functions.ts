import { isResourceType } from '@samenhang/fhir-r4';
import { analyse, exists, focus, member, none, ofType, single, type Surroundings } from './analyse.js';
import { FhirPathError, type Expression } from './expression.js';
import { familyOf, type Term } from './term.js';

type Call = Extract<Expression, { kind: 'call' }>;

interface Invocation {
  readonly name: string;
  readonly from: Term;
  readonly args: readonly Expression[];
  readonly around: Surroundings;
}

type Analysis = (invocation: Invocation) => Term;

export function analyseCall(call: Call, around: Surroundings): Term {
  const known = functions.get(call.name);
  if (known === undefined) throw new FhirPathError(`The function ${call.name}() is not supported in views`);
  const [least, most, analysis] = known;
  if (call.args.length < least || call.args.length > most)
    throw new FhirPathError(
      `${call.name}() takes ${least === most ? least : `${least} to ${most}`} arguments`,
    );
  const from = call.from === undefined ? focus(around) : analyse(call.from, around);
  return analysis({ name: call.name, from, args: call.args, around });
}

const boolean = { type: 'boolean', many: false } as const;
const text = { type: 'string', many: false } as const;
const whole = { type: 'integer', many: false } as const;

const functions: ReadonlyMap<string, readonly [least: number, most: number, Analysis]> = new Map<
  string,
  readonly [number, number, Analysis]
>([
  ['where', [1, 1, (call) => filter(call)]],
  ['select', [1, 1, select]],
  ['exists', [0, 1, (call) => exists(call.args.length === 0 ? call.from : filter(call))]],
  ['empty', [0, 0, ({ from }) => ({ kind: 'empty', from, ...boolean })]],
  ['hasValue', [0, 0, ({ from }) => exists(from)]],
  ['count', [0, 0, ({ from }) => ({ kind: 'count', from, ...whole })]],
  ['all', [1, 1, (call) => ({ kind: 'all', from: call.from, criteria: criteria(call), ...boolean })]],
  ['not', [0, 0, ({ from }) => ({ kind: 'not', of: single(from), ...boolean })]],
  ['first', [0, 0, ({ from }) => pick(from, 0)]],
  ['last', [0, 0, ({ from }) => pick(from, 'last')]],
  ['single', [0, 0, ({ from }) => single(from)]],
  ['tail', [0, 0, ({ from }) => slice(from, 1, undefined)]],
  ['skip', [1, 1, (call) => slice(call.from, wholeArgument(call), undefined)]],
  ['take', [1, 1, (call) => slice(call.from, 0, wholeArgument(call))]],
  ['distinct', [0, 0, ({ from }) => ({ kind: 'distinct', from, type: from.type, many: from.many })]],
  ['ofType', [1, 1, (call) => ofType(call.from, typeArgument(call))]],
  ['as', [1, 1, (call) => ofType(call.from, typeArgument(call))]],
  ['is', [1, 1, (call) => exists(ofType(call.from, typeArgument(call)))]],
  ['extension', [1, 1, extension]],
  ['join', [0, 1, join]],
  ['lowBoundary', [0, 0, ({ from }) => boundary(from, 'low')]],
  ['highBoundary', [0, 0, ({ from }) => boundary(from, 'high')]],
  ['getResourceKey', [0, 0, resourceKey]],
  ['getReferenceKey', [0, 1, referenceKey]],
  ['startsWith', [1, 1, (call) => textTest(call, 'startsWith')]],
  ['endsWith', [1, 1, (call) => textTest(call, 'endsWith')]],
  ['contains', [1, 1, (call) => textTest(call, 'contains')]],
  ['upper', [0, 0, ({ from }) => ({ kind: 'text-change', change: 'upper', of: textOf(from), ...text })]],
  ['lower', [0, 0, ({ from }) => ({ kind: 'text-change', change: 'lower', of: textOf(from), ...text })]],
  ['trim', [0, 0, ({ from }) => ({ kind: 'text-change', change: 'trim', of: textOf(from), ...text })]],
  ['length', [0, 0, ({ from }) => ({ kind: 'text-length', of: textOf(from), ...whole })]],
  ['toString', [0, 0, ({ from }) => ({ kind: 'to-text', of: single(from), ...text })]],
  ['iif', [2, 3, choose]],
]);

function filter(call: Invocation): Term {
  const { from } = call;
  return { kind: 'filter', from, criteria: criteria(call), type: from.type, many: from.many };
}

/** The criteria of `where` and the like see each item as their focus. */
function criteria({ args, from, around, name }: Invocation): Term {
  const term = single(analyse(argument(args), { ...around, focusType: from.type }));
  if (term.type !== undefined && term.type !== 'boolean')
    throw new FhirPathError(`The criteria of ${name}() are not true or false`);
  return term;
}

function select({ args, from, around }: Invocation): Term {
  const projection = analyse(argument(args), { ...around, focusType: from.type });
  return { kind: 'each', from, projection, type: projection.type, many: from.many || projection.many };
}

function pick(from: Term, position: number | 'last'): Term {
  return from.many ? { kind: 'pick', from, position, type: from.type, many: false } : from;
}

function slice(from: Term, skip: number, take: number | undefined): Term {
  return { kind: 'slice', from, skip, take, type: from.type, many: from.many };
}

function extension(call: Invocation): Term {
  const extensions = member(call.from, 'extension', call.around);
  const url = member(undefined, 'url', { ...call.around, focusType: 'Extension' });
  const wanted = analyse(argument(call.args), call.around);
  const isWanted: Term = {
    kind: 'equal',
    negated: false,
    family: 'text',
    left: url,
    right: wanted,
    ...boolean,
  };
  return { kind: 'filter', from: extensions, criteria: isWanted, type: 'Extension', many: true };
}

function join({ args, from }: Invocation): Term {
  const [separator] = args;
  if (separator === undefined) return { kind: 'join', from, separator: '', ...text };
  if (separator.kind !== 'literal' || separator.type !== 'string')
    throw new FhirPathError('The separator of join() is a text');
  return { kind: 'join', from, separator: separator.text, ...text };
}

function boundary(from: Term, side: 'low' | 'high'): Term {
  const family = familyOf(from.type);
  if (family !== 'number' && family !== 'temporal' && from.kind !== 'none')
    throw new FhirPathError(`${side}Boundary() is for a decimal, a date or a time of a known type`);
  return { kind: 'boundary', side, family, of: single(from), type: from.type, many: false };
}

function resourceKey({ around }: Invocation): Term {
  const resource: Term = { kind: 'resource', type: around.resourceType, many: false };
  return { ...member(resource, 'id', around), type: 'string' };
}

function referenceKey({ from, args }: Invocation): Term {
  const [wanted] = args;
  if (from.type !== 'Reference' && from.type !== undefined)
    throw new FhirPathError('getReferenceKey() is for a Reference');
  let target: string | undefined;
  if (wanted !== undefined) {
    target = wanted.kind === 'member' && wanted.from === undefined ? wanted.name : undefined;
    if (target === undefined || !isResourceType(target))
      throw new FhirPathError('getReferenceKey() takes the name of a resource type');
  }
  if (!from.many) return { kind: 'reference-key', of: from, target, ...text };
  const each: Term = { kind: 'focus', type: 'Reference', many: false };
  const projection: Term = { kind: 'reference-key', of: each, target, ...text };
  return { kind: 'each', from, projection, type: 'string', many: true };
}

function textTest({ from, args, around }: Invocation, test: 'startsWith' | 'endsWith' | 'contains'): Term {
  const part = textOf(analyse(argument(args), around));
  return { kind: 'text-test', test, of: textOf(from), part, ...boolean };
}

function textOf(term: Term): Term {
  const family = familyOf(term.type);
  if (family !== 'text' && family !== 'unknown')
    throw new FhirPathError(`A ${term.type ?? 'value'} is not a text`);
  return single(term);
}

function choose({ args, around }: Invocation): Term {
  const [condition, then, otherwise] = args;
  const result = analyse(argument([then]), around);
  const alternative = otherwise === undefined ? none : analyse(otherwise, around);
  return {
    kind: 'choose',
    condition: single(analyse(argument([condition]), around)),
    then: result,
    otherwise: alternative,
    type: result.type === alternative.type || alternative.kind === 'none' ? result.type : undefined,
    many: result.many || alternative.many,
  };
}

function wholeArgument({ args, name }: Invocation): number {
  const [given] = args;
  if (given?.kind !== 'literal' || given.type !== 'integer')
    throw new FhirPathError(`${name}() takes a whole number`);
  return Number(given.text);
}

/** A type is written as a name, which parses as a path: `Quantity`, `FHIR.Quantity`. */
function typeArgument({ args, name }: Invocation): string {
  const typeName = nameOf(argument(args));
  if (typeName === undefined) throw new FhirPathError(`${name}() takes the name of a type`);
  return typeName;
}

function nameOf(expression: Expression): string | undefined {
  if (expression.kind !== 'member') return undefined;
  if (expression.from === undefined) return expression.name;
  const before = nameOf(expression.from);
  return before === undefined ? undefined : `${before}.${expression.name}`;
}

function argument(args: readonly (Expression | undefined)[]): Expression {
  const [first] = args;
  if (first === undefined) throw new FhirPathError('An argument is missing');
  return first;
}
