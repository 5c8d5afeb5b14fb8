import { Failure } from '@samenhang/errors';
import {
  decodeBase64,
  decodeElement,
  OprfError,
  type GroupElement,
  type OprfMode,
  type PseudonymRecipient,
} from '@samenhang/oprf';

export interface EvaluationRequest {
  /** How the answer names what it holds: `subject`, or for a batch `subjects`. */
  readonly form: 'single' | 'batch';
  /** `voprf` asks for a proof as well. The pseudonym is the same. */
  readonly mode: OprfMode;
  readonly recipient: PseudonymRecipient;
  readonly points: readonly GroupElement[];
}

type Body = Readonly<Record<string, unknown>>;

/** Body of `POST /oprf/eval`, as the running service spells it. */
export function readEvaluationBody(body: unknown): EvaluationRequest {
  const members = objectOf(body);
  return {
    form: 'single',
    mode: readMode(members),
    recipient: readRecipient(members, 'recipientOrganization', 'recipientScope'),
    points: [readPoint(members['encryptedPersonalId'], 'encryptedPersonalId')],
  };
}

/** Body of `POST /evaluate`, as the national guide spells it. */
export function readGuideBody(body: unknown): EvaluationRequest {
  const members = objectOf(body);
  return {
    form: 'single',
    mode: readMode(members),
    recipient: readRecipient(members, 'recipient_organization', 'recipient_scope'),
    points: [readPoint(members['blinded_input'], 'blinded_input')],
  };
}

/** Body of `POST /oprf/eval-batch`: several points for one recipient. */
export function readBatchBody(body: unknown, maximum: number): EvaluationRequest {
  const members = objectOf(body);
  const points = members['encryptedPersonalIds'];
  if (!Array.isArray(points) || points.length === 0) {
    throw malformed('encryptedPersonalIds must be a list of at least one point', 'encryptedPersonalIds');
  }
  if (points.length > maximum) throw new Failure('too-large', `A batch may hold at most ${maximum} points`);
  return {
    form: 'batch',
    mode: readMode(members),
    recipient: readRecipient(members, 'recipientOrganization', 'recipientScope'),
    points: points.map((point, index) => readPoint(point, `encryptedPersonalIds[${index}]`)),
  };
}

function objectOf(body: unknown): Body {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Body;
  throw new Failure('malformed', 'A JSON object is required');
}

function readRecipient(members: Body, organisationName: string, scopeName: string): PseudonymRecipient {
  return { organisation: readText(members, organisationName), scope: readText(members, scopeName) };
}

function readMode({ mode = 'oprf' }: Body): OprfMode {
  if (mode === 'oprf' || mode === 'voprf') return mode;
  throw malformed('mode must be oprf or voprf', 'mode');
}

function readText(members: Body, name: string): string {
  const value = members[name];
  if (typeof value !== 'string' || value === '' || value.length > 100)
    throw malformed(`${name} is required`, name);
  return value;
}

function readPoint(value: unknown, name: string): GroupElement {
  if (typeof value !== 'string') throw malformed(`${name} is required`, name);
  try {
    return decodeElement(decodeBase64(value));
  } catch (error) {
    if (error instanceof OprfError) throw malformed(`Unable to evaluate ${name}: ${error.message}`, name);
    throw error;
  }
}

function malformed(text: string, expression: string): Failure {
  return new Failure('malformed', text, { issues: [{ text, expression }] });
}
