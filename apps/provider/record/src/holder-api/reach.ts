import { nameOf, parseSearchParameter, type SearchParameter } from '@samenhang/fhir-http';
import type { IndexedParameter } from '../resources/indexed-parameter.js';
import { findParameter, findRecordedType, supportingTypes } from '../resources/record-resources.js';
import { findSupportingParameter } from '../resources/supporting-parameters.js';
import { notSupported } from './body-criteria.js';
import { compositesOf } from './composite-criteria.js';
import { isOfPatient, modifiersOf } from './searched-parameter.js';

/**
 * A criterion about a resource that this one refers to (`encounter.class=`) or that refers to this one
 * (`_has:Observation:specimen:code=`), http://hl7.org/fhir/R4/search.html#chaining. It stays within the data of one patient.
 */
export interface Reach {
  /** As it was asked, for links. */
  readonly asked: SearchParameter;
  readonly direction: 'to' | 'from';
  /** Parameter with the reference. */
  readonly reference: string;
  /** What is asked of the other resource, by its type. */
  readonly criteria: ReadonlyMap<string, SearchParameter | Reach>;
}

/** How many references a criterion goes through at most. */
const MAXIMUM_DEPTH = 2;

export const isReach = (criterion: SearchParameter | Reach): criterion is Reach => 'direction' in criterion;

/** Whether a parameter asks about another resource than the one that is searched. */
export const reachesFurther = ({ name, chain }: SearchParameter): boolean =>
  chain !== undefined || name === '_has';

/** @throws Failure('malformed') for a reference, a type or a parameter that cannot be gone through */
export function readReach(type: string, asked: SearchParameter): Reach {
  const reach = findReach(type, asked, MAXIMUM_DEPTH);
  if (reach !== undefined) return reach;
  throw notSupported('a search through these references', [`Not allowed: ${nameOf(asked)}`]);
}

/** All types that a criterion looks at, besides the one that is searched. */
export function typesReached({ criteria }: Reach): string[] {
  return [...criteria].flatMap(([type, criterion]) => [
    type,
    ...(isReach(criterion) ? typesReached(criterion) : []),
  ]);
}

function findReach(type: string, asked: SearchParameter, depth: number): Reach | undefined {
  if (depth === 0) return undefined;
  return asked.name === '_has' ? findReferring(type, asked, depth) : findChained(type, asked, depth);
}

function findChained(type: string, asked: SearchParameter, depth: number): Reach | undefined {
  const { name, modifier, chain = '', values } = asked;
  const parameter = findParameter(type, name);
  // Who the patient is, only names the patient.
  if (parameter?.type !== 'reference' || isOfPatient(type, name)) return undefined;
  const types = parameter.targets.filter((target) => modifier === undefined || modifier === target);
  return toReach({ asked, direction: 'to', reference: name }, types, { text: chain, values, depth });
}

const REFERRING = /^([A-Z][A-Za-z]+):([a-z][A-Za-z-]*):(.+)$/;

function findReferring(type: string, asked: SearchParameter, depth: number): Reach | undefined {
  const { chain = '', values } = asked;
  const [, source = '', reference = '', text = ''] = REFERRING.exec(chain) ?? [];
  const parameter = findRecordedType(source) === undefined ? undefined : findParameter(source, reference);
  if (parameter?.type !== 'reference' || !parameter.targets.includes(type)) return undefined;
  return toReach({ asked, direction: 'from', reference }, [source], { text, values, depth });
}

function toReach(
  reach: Omit<Reach, 'criteria'>,
  types: readonly string[],
  {
    text,
    values,
    depth,
  }: { readonly text: string; readonly values: readonly string[]; readonly depth: number },
): Reach | undefined {
  const parameter = parseSearchParameter(text, values);
  const criteria = new Map(
    types.flatMap((type): [string, SearchParameter | Reach][] => {
      const criterion = reachesFurther(parameter) ? findReach(type, parameter, depth - 1) : parameter;
      return criterion === undefined || !(isReach(criterion) || isAskable(type, criterion))
        ? []
        : [[type, criterion]];
    }),
  );
  return criteria.size === 0 ? undefined : { ...reach, criteria };
}

/** Whether a type can be asked for this, by this modifier, when it is not what is searched. */
function isAskable(type: string, { name, modifier, values }: SearchParameter): boolean {
  if (values.length === 0 || isOfPatient(type, name)) return false;
  if (name === '_id') return modifier === undefined;
  if (supportingTypes.has(type))
    return (
      findSupportingParameter(type, name) !== undefined && (modifier === undefined || modifier === 'contains')
    );
  const parameter: IndexedParameter | undefined = type === 'Patient' ? undefined : findParameter(type, name);
  if (parameter !== undefined) return modifier === undefined || modifiersOf(parameter).includes(modifier);
  return (
    modifier === undefined &&
    type !== 'Patient' &&
    (name === '_lastUpdated' || compositesOf(type).some((composite) => composite.name === name))
  );
}
