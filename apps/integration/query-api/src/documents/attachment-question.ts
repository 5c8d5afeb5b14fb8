import { identifierSystems, findUra, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { Bsn } from '@samenhang/patient-identity';
import { readPerson } from '../patient-view/view-request.js';
import { isRecord, recordsOf } from '../sources/json-shape.js';

/** One file of one document, at the care provider that holds it. */
export interface AttachmentQuestion {
  readonly bsn: Bsn;
  readonly custodian: Ura;
  /** Address of the document, as the fullUrl of its entry in a view or a search. */
  readonly document: string;
  /** Place of the file among those of the document, from 0. */
  readonly at: number;
}

/**
 * The Parameters of `DocumentReference/$attachment`. Error texts name the parameter, never its value.
 * @throws Failure('malformed')
 */
export function readAttachmentQuestion(body: unknown, own?: Bsn): AttachmentQuestion {
  const bsn = readPerson(body, own);
  const parameters = isRecord(body) ? recordsOf(body['parameter']) : [];
  const only = (name: string): Readonly<Record<string, unknown>> => {
    const [parameter, ...others] = parameters.filter((one) => one['name'] === name);
    if (others.length > 0) throw malformed(name, `The parameter ${name} is given once`);
    return parameter ?? {};
  };
  const { system, value } = recordOf(only('custodian')['valueIdentifier']);
  const custodian =
    system === identifierSystems.ura && typeof value === 'string' ? findUra(value) : undefined;
  if (custodian === undefined)
    throw malformed('custodian', `The parameter custodian is an identifier of ${identifierSystems.ura}`);
  const document = only('document');
  const address = document['valueUri'] ?? document['valueUrl'];
  if (typeof address !== 'string')
    throw malformed('document', 'The parameter document is the address of a document (valueUri)');
  const place = only('at');
  const at = place['valueInteger'] ?? place['valueUnsignedInt'] ?? 0;
  if (typeof at !== 'number' || !Number.isInteger(at) || at < 0)
    throw malformed('at', 'The parameter at is a whole number from 0');
  return { bsn, custodian, document: address, at };
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});

function malformed(name: string, text: string): Failure {
  const expression = `Parameters.parameter.where(name = '${name}').value`;
  return new Failure('malformed', text, { issues: [{ text, expression }] });
}
