import { decimalText, isPrimitiveType, type Decimal } from '@samenhang/fhir-r4';
import { literal } from '../fhirpath/analyse.js';
import { familyOf, type Literal, type Term } from '../fhirpath/term.js';
import { InvalidViewError } from '../view-error.js';
import { listOf, objectOf, textOf } from './read-json.js';

/** The constants of a view, each a literal of its FHIR type. @throws InvalidViewError */
export function readConstants(value: unknown): ReadonlyMap<string, Term> {
  const constants = new Map<string, Term>();
  for (const [index, entry] of listOf(value ?? [], 'ViewDefinition.constant').entries()) {
    const at = `ViewDefinition.constant[${index}]`;
    const constant = objectOf(entry, at);
    const name = textOf(constant['name'], `${at}.name`);
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name))
      throw new InvalidViewError('A constant name is a letter, then letters, digits and _', `${at}.name`);
    if (constants.has(name)) throw new InvalidViewError('Two constants have this name', `${at}.name`);
    constants.set(name, constantValue(constant, at));
  }
  return constants;
}

function constantValue(constant: Readonly<Record<string, unknown>>, at: string): Term {
  const given = Object.keys(constant).filter((key) => key.startsWith('value'));
  const [property] = given;
  if (property === undefined || given.length > 1)
    throw new InvalidViewError('A constant has one value[x]', at);
  const suffix = property.slice('value'.length);
  const type = suffix.charAt(0).toLowerCase() + suffix.slice(1);
  if (!isPrimitiveType(type))
    throw new InvalidViewError('A constant is of a primitive type', `${at}.${property}`);
  return literal(literalOf(type, constant[property], `${at}.${property}`), type);
}

function literalOf(type: string, value: unknown, at: string): Literal {
  const family = familyOf(type);
  if (family === 'boolean') {
    if (typeof value !== 'boolean') throw new InvalidViewError('true or false expected', at);
    return { family, value };
  }
  if (family === 'number') {
    if (typeof value !== 'number' && (typeof value !== 'object' || value === null))
      throw new InvalidViewError('A number is expected', at);
    return { family, text: decimalText(value as Decimal) };
  }
  if (typeof value !== 'string') throw new InvalidViewError('A text is expected', at);
  return { family: family === 'temporal' ? 'temporal' : 'text', text: value };
}
