import { dataCategories, type DataCategory } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { SearchParameter } from './search-parameters.js';
import { findReference, parseToken } from './search-values.js';

/** The one patient a request is about, as the request names it. */
export type PatientQuestion =
  | { readonly by: 'identifier'; readonly system: string; readonly value: string }
  | { readonly by: 'id'; readonly id: string };

/**
 * Derives exactly one patient from a search, as the policy decision and the consent question need it. Whatever could
 * widen a request to another patient (alternatives, repetition, chains) is refused before anything is looked up.
 * @throws Failure('malformed')
 */
export function patientQuestionOf(
  type: string,
  parameters: readonly SearchParameter[],
  base: string,
): PatientQuestion {
  const naming = parameters.filter(({ name }) => namesPatient(type, name));
  const questions = naming.map((parameter) => readQuestion(type, parameter, base));
  const [question] = questions;
  if (question === undefined) throw new Failure('malformed', 'A search names the patient it is about');
  if (new Set(questions.map((other) => JSON.stringify(other))).size > 1) throw oneAtATime();
  return question;
}

function namesPatient(type: string, name: string): boolean {
  return type === 'Patient'
    ? name === 'identifier' || name === '_id'
    : name === 'patient' || name === 'subject';
}

function readQuestion(type: string, parameter: SearchParameter, base: string): PatientQuestion {
  const [text, ...others] = parameter.values;
  if (others.length > 0) throw oneAtATime();
  if (text === undefined || parameter.modifier !== undefined || parameter.chain !== undefined)
    throw unreadable();
  if (parameter.name === 'identifier') {
    const { system, code } = parseToken(text);
    if (system === undefined || system === '' || code === undefined) {
      throw new Failure('malformed', 'An identifier is named with its system: system|value');
    }
    return { by: 'identifier', system, value: code };
  }
  const reference = findReference(text, base);
  const isPatient = reference?.type === undefined ? true : reference.type === 'Patient' && type !== 'Patient';
  if (reference === undefined || !isPatient) throw unreadable();
  return { by: 'id', id: reference.id };
}

const oneAtATime = (): Failure => new Failure('malformed', 'A request is about one patient');
const unreadable = (): Failure => new Failure('malformed', 'The patient is named as Patient/[id]');

/**
 * The data categories a search could deliver: those the policy and the consent register are asked about. A `category`
 * that is not one of ours leaves all categories of the type possible.
 */
export function categoriesAskedFor(type: string, parameters: readonly SearchParameter[]): DataCategory[] {
  const ofType = dataCategories.filter(({ resourceType }) => resourceType === type);
  const criteria = parameters
    .filter(({ name }) => name === 'category')
    .map(({ values }) => values.map(parseToken));
  return ofType
    .filter((category) => {
      if (!('category' in category.search)) return true;
      const code = category.search.category;
      return criteria.every((alternatives) => alternatives.some((token) => mayConcern(token.code, code)));
    })
    .map(({ code }) => code);
}

const categoryCodes: ReadonlySet<string> = new Set(
  dataCategories.flatMap(({ search }) => ('category' in search ? [search.category] : [])),
);

function mayConcern(asked: string | undefined, code: string): boolean {
  return asked === undefined || asked === code || !categoryCodes.has(asked);
}
