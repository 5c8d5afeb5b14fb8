import { findElement, isKindOf, isPrimitiveType, isResourceType, isTypeName } from '@samenhang/fhir-r4';
import { FhirPathError, type Expression, type Operator } from './expression.js';
import { analyseCall } from './functions.js';
import { familyOf, type Family, type Literal, type Term } from './term.js';

export interface Surroundings {
  readonly resourceType: string;
  readonly constants: ReadonlyMap<string, Term>;
  /** Type of what the expression is evaluated on: `$this`. */
  readonly focusType: string | undefined;
}

/** Works out the types of an expression. @throws FhirPathError for what R4 or the language does not have */
export function analyse(expression: Expression, around: Surroundings): Term {
  switch (expression.kind) {
    case 'literal':
      return literal(literalOf(expression.type, expression.text), expression.type);
    case 'empty':
      return none;
    case 'this':
      return focus(around);
    case 'index':
      return { kind: 'item-index', type: 'integer', many: false };
    case 'constant':
      return constant(expression.name, around);
    case 'member':
      return member(
        expression.from === undefined ? undefined : analyse(expression.from, around),
        expression.name,
        around,
      );
    case 'call':
      return analyseCall(expression, around);
    case 'item':
      return item(analyse(expression.from, around), analyse(expression.index, around));
    case 'operation':
      return operation(
        expression.operator,
        analyse(expression.left, around),
        analyse(expression.right, around),
      );
    case 'negative':
      return negative(analyse(expression.of, around));
    case 'type': {
      const of = analyse(expression.of, around);
      return expression.operator === 'as' ? ofType(of, expression.type) : exists(ofType(of, expression.type));
    }
  }
}

export const none: Term = { kind: 'none', type: undefined, many: false };

export function literal(value: Literal, type: string): Term {
  return { kind: 'literal', value, type, many: false };
}

export function focus(around: Surroundings): Term {
  return { kind: 'focus', type: around.focusType, many: false };
}

export function exists(from: Term): Term {
  return { kind: 'exists', from, type: 'boolean', many: false };
}

export function single(from: Term): Term {
  return from.many ? { kind: 'single', from, type: from.type, many: false } : from;
}

function literalOf(type: string, text: string): Literal {
  switch (familyOf(type)) {
    case 'boolean':
      return { family: 'boolean', value: text === 'true' };
    case 'number':
      return { family: 'number', text };
    case 'temporal':
      return { family: 'temporal', text };
    default:
      return { family: 'text', text };
  }
}

function constant(name: string, around: Surroundings): Term {
  const own = around.constants.get(name);
  if (own !== undefined) return own;
  if (name === 'rowIndex') return { kind: 'row-index', type: 'integer', many: false };
  if (name === 'resource' || name === 'rootResource')
    return { kind: 'resource', type: around.resourceType, many: false };
  if (name === 'context') return { kind: 'resource', type: around.resourceType, many: false };
  throw new FhirPathError(`The constant %${name} is not defined`);
}

export function member(from: Term | undefined, name: string, around: Surroundings): Term {
  const owner = from ?? focus(around);
  // A path may begin with the type it is about, as in `Patient.name`.
  if (from === undefined && owner.type === name && isResourceType(name)) return owner;
  if (owner.kind === 'none') return none;
  if (owner.type === undefined || owner.type === 'Resource' || owner.type === 'DomainResource')
    return untypedMember(owner, name);
  if (isPrimitiveType(owner.type)) return memberOfPrimitive(owner, name);
  const element = findElement(owner.type, name);
  if (element === undefined) throw new FhirPathError(`${owner.type} has no element "${name}"`);
  const properties = element.isChoice
    ? element.types.map((type) => choiceProperty(name, type.name))
    : [element.name];
  const type = element.isChoice && element.types.length > 1 ? undefined : element.types[0]?.name;
  return { kind: 'member', from: owner, properties, type, many: owner.many || element.isArray };
}

/** Of `contained` and the like; a resource of a type of its own may follow `ofType`. */
function untypedMember(owner: Term, name: string): Term {
  const element = findElement('DomainResource', name);
  return {
    kind: 'member',
    from: owner,
    properties: [name],
    type: owner.type === undefined ? undefined : element?.types[0]?.name,
    many: owner.many || owner.type === undefined || element?.isArray !== false,
  };
}

/** The id and extensions of a primitive stand beside it, in `_name` (R4 json.html#primitive). */
function memberOfPrimitive(owner: Term, name: string): Term {
  const element = findElement('Element', name);
  if (element === undefined || owner.kind !== 'member')
    throw new FhirPathError(`A ${owner.type ?? 'primitive'} has no element "${name}"`);
  const beside = owner.properties.map((property) => `_${property}`);
  const sibling: Term = { ...owner, properties: beside, type: 'Element' };
  return {
    kind: 'member',
    from: sibling,
    properties: [name],
    type: element.types[0]?.name,
    many: sibling.many || element.isArray,
  };
}

function choiceProperty(name: string, type: string): string {
  return name + type.charAt(0).toUpperCase() + type.slice(1);
}

/** `ofType(T)`, and `as T`: of a choice it is one property, of resources those of the type. */
export function ofType(of: Term, typeName: string): Term {
  const type = plainTypeName(typeName);
  if (of.kind === 'none') return none;
  if (of.kind === 'member' && of.type === undefined) {
    const suffix = type.charAt(0).toUpperCase() + type.slice(1);
    const wanted = of.properties.filter((property) => property.endsWith(suffix) && property !== suffix);
    const [property] = wanted.toSorted((a, b) => a.length - b.length);
    return property === undefined ? none : { ...of, properties: [property], type };
  }
  if (of.type === undefined || of.type === 'Resource' || of.type === 'DomainResource') {
    if (!isResourceType(type)) return none;
    return { kind: 'resources-of-type', from: of, resourceType: type, type, many: of.many };
  }
  return isKindOf(of.type, type) || sameSystemType(of.type, type) ? of : none;
}

function plainTypeName(name: string): string {
  const plain = name.replace(/^(?:FHIR|System)\./, '');
  const type = isTypeName(plain) ? plain : plain.charAt(0).toLowerCase() + plain.slice(1);
  if (!isTypeName(type)) throw new FhirPathError(`There is no type ${name}`);
  return type;
}

/** `string` means every text type of System.String, and so on. */
function sameSystemType(type: string, wanted: string): boolean {
  const systemTypes: Readonly<Record<string, Family>> = { string: 'text', integer: 'number' };
  const family = systemTypes[wanted];
  return family !== undefined && family === familyOf(type) && type !== 'decimal';
}

function item(from: Term, position: Term): Term {
  const shared = { from, type: from.type, many: false };
  if (position.kind === 'literal' && position.value.family === 'number')
    return { kind: 'pick', position: Number(position.value.text), ...shared };
  if (familyOf(position.type) !== 'number' && position.type !== undefined)
    throw new FhirPathError('An index is a whole number');
  return { kind: 'item-at', position: single(position), ...shared };
}

function negative(of: Term): Term {
  if (of.kind === 'literal' && of.value.family === 'number')
    return literal({ family: 'number', text: `-${of.value.text}` }, of.type ?? 'integer');
  const zero = literal({ family: 'number', text: '0' }, 'integer');
  return { kind: 'arithmetic', operator: '-', left: zero, right: number(of), type: of.type, many: false };
}

function operation(operator: Operator, left: Term, right: Term): Term {
  switch (operator) {
    case 'and':
    case 'or':
    case 'xor':
    case 'implies':
      return {
        kind: 'logic',
        operator,
        left: single(left),
        right: single(right),
        type: 'boolean',
        many: false,
      };
    case '=':
    case '!=':
      return equal(operator === '!=', left, right);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return {
        kind: 'order',
        operator,
        family: commonFamily(left, right),
        left: single(left),
        right: single(right),
        type: 'boolean',
        many: false,
      };
    case '|':
      return {
        kind: 'union',
        left,
        right,
        type: left.type === right.type ? left.type : undefined,
        many: true,
      };
    case 'in':
      return { kind: 'within', item: single(left), collection: right, type: 'boolean', many: false };
    case 'contains':
      return { kind: 'within', item: single(right), collection: left, type: 'boolean', many: false };
    case '&':
      return {
        kind: 'concatenate',
        lenient: true,
        left: single(left),
        right: single(right),
        type: 'string',
        many: false,
      };
    default:
      return arithmetic(operator, left, right);
  }
}

function equal(negated: boolean, left: Term, right: Term): Term {
  return {
    kind: 'equal',
    negated,
    family: commonFamily(left, right),
    left,
    right,
    type: 'boolean',
    many: false,
  };
}

function arithmetic(operator: '+' | '-' | '*' | '/' | 'div' | 'mod', left: Term, right: Term): Term {
  if (operator === '+' && (familyOf(left.type) === 'text' || familyOf(right.type) === 'text'))
    return {
      kind: 'concatenate',
      lenient: false,
      left: single(left),
      right: single(right),
      type: 'string',
      many: false,
    };
  const whole = left.type === 'integer' && right.type === 'integer' && operator !== '/';
  const type = whole || operator === 'div' ? 'integer' : 'decimal';
  return { kind: 'arithmetic', operator, left: number(left), right: number(right), type, many: false };
}

function number(term: Term): Term {
  const family = familyOf(term.type);
  if (family !== 'number' && family !== 'unknown')
    throw new FhirPathError(`A ${term.type ?? 'value'} cannot be calculated with`);
  return single(term);
}

function commonFamily(left: Term, right: Term): Family {
  const families = [familyOf(left.type), familyOf(right.type)];
  const known = families.filter((family) => family !== 'unknown');
  if (known.length === 2 && known[0] !== known[1])
    // A date written as a text in a constant is compared as the date it stands for.
    return known.includes('temporal') && known.includes('text') ? 'temporal' : 'complex';
  return known[0] ?? 'unknown';
}
