import type { IndexedParameter } from '../resources/indexed-parameter.js';

const modifiers: Readonly<Record<IndexedParameter['type'], readonly string[]>> = {
  token: ['missing', 'not', 'text'],
  date: ['missing'],
  reference: ['identifier', 'missing'],
  string: ['contains', 'exact', 'missing'],
  quantity: ['missing'],
  uri: ['above', 'below', 'missing'],
  composite: [],
};

/** Modifiers that a parameter understands; a type of resource as modifier of a reference among them. */
export function modifiersOf({ name, type, targets }: IndexedParameter): string[] {
  const isIdentifier = type === 'token' && name === 'identifier';
  const isCode = type === 'token' && !isIdentifier && !name.startsWith('_');
  return [
    ...modifiers[type],
    ...(isCode ? ['above', 'below'] : []),
    ...(isIdentifier ? ['of-type'] : []),
    ...(type === 'reference' ? targets : []),
  ];
}

const patientParameters = new Set(['patient', 'subject', 'beneficiary']);

/** By these a search names its patient. They decide about more than the answer, so that they have no modifiers. */
export function isOfPatient(type: string, name: string): boolean {
  return type === 'Patient' ? name === 'identifier' : patientParameters.has(name);
}
