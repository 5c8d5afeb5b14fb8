import { dataCategories } from '@samenhang/data-model';
import type { AuthorisationInput, Decision, PolicyName } from './authorisation-input.js';

/** What is wrong with an evaluation request: the member at fault and the rule, never a value. */
export class EvaluationRequestError extends Error {
  constructor(
    readonly member: string,
    rule: string,
  ) {
    super(`${member} ${rule}`);
    this.name = 'EvaluationRequestError';
  }
}

/** Answer to one evaluation (AuthZEN Authorization API 1.0, section 6.2). */
export interface EvaluationAnswer {
  readonly decision: boolean;
  readonly context: { readonly reasons: Decision['reasons'] };
}

/** How the evaluations of one request go on after one of them (section 7.1.2.1). */
export type EvaluationsSemantic = 'execute_all' | 'deny_on_first_deny' | 'permit_on_first_permit';

type Members = Readonly<Record<string, unknown>>;
/** What of transfers and joint records may be done depends on what was offered, which only their service knows. */
type Interaction = Exclude<AuthorisationInput['request']['interaction'], 'document' | 'update'>;

/** Which policy decides about an action. */
const policyOfAction: Readonly<Record<Interaction, PolicyName>> = {
  read: 'holder',
  'search-type': 'holder',
  view: 'view',
  localise: 'localise',
  create: 'registration',
  delete: 'registration',
};

const textProperties = [
  'client_id',
  'scope',
  'organization_ura',
  'organization_facility_type',
  'user_id',
  'user_role',
  'purpose_of_use',
  'treatment_relation',
  'delegate_id',
  'delegate_role',
  'emergency_access',
] as const;

const CATEGORY_TYPE = 'data-category';
const REGISTRATION_TYPE = 'registration';
const PATIENT_DATA_TYPE = 'patient-data';

/** At most this many in one request. */
export const maximumEvaluations = 100;

/**
 * One evaluation: subject `user` or `system` with the claims of its token as properties; the action's name is the
 * interaction; the resource is a `data-category` (its id), `patient-data` without a category, or a `registration`, with
 * the holder as properties. It holds no identifier of a patient: there is no member in which one would be read.
 * @throws EvaluationRequestError
 */
export function readEvaluation(body: unknown): AuthorisationInput {
  const { subject, action, resource, context } = members(body, 'the body');
  const interaction = readInteraction(members(action, 'action'));
  return {
    policy: policyOfAction[interaction],
    subject: readSubject(members(subject, 'subject')),
    request: { interaction },
    context: {
      ...readResource(members(resource, 'resource')),
      ...readContext(context === undefined ? {} : members(context, 'context')),
    },
  };
}

/**
 * Several evaluations in one request: what one leaves out is taken from the request (section 7.1.1).
 * @throws EvaluationRequestError
 */
export function readEvaluations(body: unknown): {
  readonly evaluations: readonly AuthorisationInput[];
  readonly semantic: EvaluationsSemantic;
} {
  const { evaluations, options, ...defaults } = members(body, 'the body');
  if (!Array.isArray(evaluations) || evaluations.length === 0)
    throw new EvaluationRequestError('evaluations', 'must be a list that is not empty');
  if (evaluations.length > maximumEvaluations)
    throw new EvaluationRequestError('evaluations', `must not be more than ${maximumEvaluations}`);
  return {
    evaluations: evaluations.map((each: unknown) =>
      readEvaluation({ ...defaults, ...members(each, 'evaluations') }),
    ),
    semantic: readSemantic(options === undefined ? {} : members(options, 'options')),
  };
}

export function toEvaluationAnswer({ allow, reasons }: Decision): EvaluationAnswer {
  return { decision: allow, context: { reasons } };
}

function readInteraction({ name }: Members): Interaction {
  if (typeof name === 'string' && Object.hasOwn(policyOfAction, name)) return name as Interaction;
  throw new EvaluationRequestError('action.name', `must be one of ${Object.keys(policyOfAction).join(', ')}`);
}

function readSubject({ type, id, properties }: Members): AuthorisationInput['subject'] {
  if (type !== 'user' && type !== 'system')
    throw new EvaluationRequestError('subject.type', 'must be user or system');
  if (typeof id !== 'string' || id === '') throw new EvaluationRequestError('subject.id', 'must be a text');
  const given = properties === undefined ? {} : members(properties, 'subject.properties');
  const until = given['emergency_until'];
  if (until !== undefined && typeof until !== 'number')
    throw new EvaluationRequestError('subject.properties.emergency_until', 'must be a number');
  return {
    client_id: '',
    scope: '',
    // Who is asked about; properties add to it and cannot say that it is somebody else.
    ...Object.fromEntries(
      textProperties.flatMap((name) =>
        given[name] === undefined ? [] : [[name, text(given, name, 'subject.properties')]],
      ),
    ),
    ...(type === 'user' ? { user_id: id } : { client_id: id }),
    ...(until === undefined ? {} : { emergency_until: until }),
  };
}

function readResource({ type, id, properties }: Members): AuthorisationInput['context'] {
  const given = properties === undefined ? {} : members(properties, 'resource.properties');
  const holder = {
    ...optional(given, 'data_holder_organization_id', 'resource.properties'),
    ...optional(given, 'data_holder_facility_type', 'resource.properties'),
  };
  if (type === PATIENT_DATA_TYPE || type === REGISTRATION_TYPE) return holder;
  if (type !== CATEGORY_TYPE)
    throw new EvaluationRequestError(
      'resource.type',
      `must be one of ${CATEGORY_TYPE}, ${PATIENT_DATA_TYPE}, ${REGISTRATION_TYPE}`,
    );
  const category = dataCategories.find(({ code }) => code === id)?.code;
  if (category === undefined) throw new EvaluationRequestError('resource.id', 'must be a category of data');
  return { ...holder, data_category: category };
}

function readContext({ patient_matches: matches }: Members): AuthorisationInput['context'] {
  if (matches === undefined) return {};
  if (typeof matches !== 'boolean')
    throw new EvaluationRequestError('context.patient_matches', 'must be true or false');
  return { patient_matches: matches };
}

function readSemantic({ evaluations_semantic: semantic }: Members): EvaluationsSemantic {
  switch (semantic) {
    case undefined:
    case 'execute_all':
      return 'execute_all';
    case 'deny_on_first_deny':
    case 'permit_on_first_permit':
      return semantic;
    default:
      throw new EvaluationRequestError('options.evaluations_semantic', 'is not known');
  }
}

function optional(given: Members, name: string, of: string): Record<string, string> {
  return given[name] === undefined ? {} : { [name]: text(given, name, of) };
}

function text(given: Members, name: string, of: string): string {
  const value = given[name];
  if (typeof value !== 'string') throw new EvaluationRequestError(`${of}.${name}`, 'must be a text');
  return value;
}

function members(value: unknown, name: string): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members;
  throw new EvaluationRequestError(name, 'must be an object');
}
