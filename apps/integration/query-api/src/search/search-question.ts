import { dataCategories, identifierSystems, isGuardedType, type DataCategory } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import {
  categoriesAskedFor,
  nameOf,
  parsePrefer,
  parseSearchParameters,
  parseToken,
  type RawParameters,
  type SearchParameter,
} from '@samenhang/fhir-http';
import type { Bsn } from '@samenhang/patient-identity';
import { getBsn } from '../patient-view/view-request.js';
import { knowsModifier, testOf, type ResourceTest } from './match-parameter.js';
import { readResultShape, resultParameters, type ResultShape } from './result-shape.js';
import { findSearchableType, type SearchableType } from './searchable-types.js';

/** A search over everything the sources say about one person. */
export interface SearchQuestion {
  readonly searchable: SearchableType;
  readonly bsn: Bsn;
  /** What sources must be asked for. */
  readonly categories: readonly DataCategory[];
  /** The type itself, where it has facts of no data category that may match. */
  readonly others: readonly string[];
  readonly tests: readonly ResourceTest[];
  readonly shape: ResultShape;
  /** The criteria as understood, without what names the person: for the self link and the audit trail. */
  readonly understood: readonly SearchParameter[];
  readonly ignored: readonly string[];
}

/** By these a search would look beyond the one person, or run what the caller wrote: never merely ignored. */
const reachingFurther = new Set(['_has', '_query', '_filter', '_list', '_contained', '_containedType']);

export interface SearchRequest {
  readonly type: string;
  readonly form: unknown;
  readonly prefer: string | undefined;
  /** Parameters of the operation itself, such as `max` of `$lastn`. */
  readonly own?: readonly string[];
}

/** @throws Failure('malformed' | 'not-found'); texts name parameters, never values */
export function readSearchQuestion({ type, form, prefer, own = [] }: SearchRequest): SearchQuestion {
  const searchable = findSearchableType(type);
  if (searchable === undefined) throw new Failure('not-found', 'This type of resource is not served');
  const parameters = parseSearchParameters(form as RawParameters | undefined);
  const naming = parameters.filter((parameter) => namesPatient(searchable, parameter));
  const asked = parameters.filter(
    (parameter) => !naming.includes(parameter) && !own.includes(parameter.name),
  );
  refuseReachingFurther(asked);
  refuseModifiers(searchable, asked);
  const understood = asked.filter((parameter) => isUnderstood(searchable, parameter));
  const ignored = asked.filter((parameter) => !understood.includes(parameter)).map(nameOf);
  refuseIgnored(ignored, prefer);
  return {
    searchable,
    bsn: readPatient(naming),
    categories: categoriesOf(type, understood),
    others: isGuardedType(type) && mayHaveNoCategory(understood) ? [type] : [],
    tests: understood.flatMap((parameter) => criterionTest(searchable, parameter)),
    shape: readResultShape(searchable, understood),
    understood,
    ignored,
  };
}

function namesPatient(
  { patientParameters }: SearchableType,
  { name, modifier, chain }: SearchParameter,
): boolean {
  if (!patientParameters.includes(name)) return false;
  return name === 'identifier' || chain !== undefined || modifier === 'identifier' || modifier === undefined;
}

function readPatient(naming: readonly SearchParameter[]): Bsn {
  const numbers = naming.map(({ name, modifier, chain, values }) => {
    const isIdentifier = name === 'identifier' ? chain === undefined : (chain ?? modifier) === 'identifier';
    const [text, ...others] = values;
    if (
      !isIdentifier ||
      text === undefined ||
      others.length > 0 ||
      (chain !== undefined && modifier !== undefined)
    )
      throw byIdentifier();
    const { system, code } = parseToken(text);
    if (system !== identifierSystems.bsn || code === undefined) throw byIdentifier();
    return getBsn(code, name);
  });
  const [bsn] = numbers;
  if (bsn === undefined || numbers.some((other) => other !== bsn)) throw byIdentifier();
  return bsn;
}

function byIdentifier(): Failure {
  return new Failure(
    'malformed',
    `A search names exactly one person, in its body: identifier, or patient.identifier, with ${identifierSystems.bsn}|[number]`,
  );
}

function refuseReachingFurther(parameters: readonly SearchParameter[]): void {
  const refused = parameters.filter(
    ({ name, chain, values }) =>
      chain !== undefined ||
      reachingFurther.has(name) ||
      (/^_(rev)?include$/.test(name) && values.some((value) => value.includes('*'))),
  );
  if (refused.length === 0) return;
  throw new Failure('malformed', 'A search stays with one person', {
    issues: refused.map((parameter) => ({
      code: 'not-supported',
      text: `Not allowed: ${nameOf(parameter)}`,
    })),
  });
}

/**
 * A modifier changes what is asked: one that is not understood is refused, whatever the caller prefers
 * (http://hl7.org/fhir/R4/search.html#modifiers).
 */
function refuseModifiers({ parameters: known }: SearchableType, asked: readonly SearchParameter[]): void {
  const refused = asked.filter(({ name, modifier }) =>
    known.some((each) => each.name === name && !knowsModifier(each.kind, modifier)),
  );
  if (refused.length > 0) throw notSupported(refused.map(nameOf));
}

const notSupported = (names: readonly string[]): Failure =>
  new Failure('malformed', 'Search parameters are not supported', {
    issues: names.map((name) => ({ code: 'not-supported', text: `Not supported: ${name}` })),
  });

function refuseIgnored(ignored: readonly string[], prefer: string | undefined): void {
  if (ignored.length === 0 || parsePrefer(prefer).handling === 'lenient') return;
  throw notSupported(ignored);
}

function isUnderstood(searchable: SearchableType, parameter: SearchParameter): boolean {
  if (parameter.values.length === 0) return false;
  const result = resultParameters.get(parameter.name);
  if (result !== undefined) return result(searchable, parameter);
  const definition = searchable.parameters.find(({ name }) => name === parameter.name);
  return definition !== undefined && knowsModifier(definition.kind, parameter.modifier);
}

function criterionTest(searchable: SearchableType, criterion: SearchParameter): ResourceTest[] {
  const definition = searchable.parameters.find(({ name }) => name === criterion.name);
  return definition === undefined ? [] : [testOf(definition, criterion)];
}

/** Whose data it is comes along always. */
function categoriesOf(type: string, understood: readonly SearchParameter[]): DataCategory[] {
  const plain = understood.filter(({ modifier }) => modifier === undefined);
  return [...new Set<DataCategory>(['Patient', ...categoriesAskedFor(type, plain)])];
}

const categoryCodes: ReadonlySet<string> = new Set(
  dataCategories.flatMap(({ search }) => ('category' in search ? [search.category] : [])),
);

/** Unless it asks for one of the data categories by its code. */
function mayHaveNoCategory(understood: readonly SearchParameter[]): boolean {
  return understood
    .filter(({ name, modifier }) => name === 'category' && modifier === undefined)
    .every(({ values }) => values.some((value) => !categoryCodes.has(parseToken(value).code ?? '')));
}
