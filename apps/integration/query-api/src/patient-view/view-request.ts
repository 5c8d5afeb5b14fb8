import { identifierSystems } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { findBsn, type Bsn } from '@samenhang/patient-identity';
import { isRecord, recordsOf } from '../sources/json-shape.js';

/**
 * The BSN out of the Parameters of `Patient/$everything`. Error texts name the element, never its value.
 * @throws Failure('malformed') when the body is no such Parameters or the value is no BSN: nothing is asked of anybody
 */
export function readViewRequest(body: unknown): Bsn {
  if (!isRecord(body) || body['resourceType'] !== 'Parameters') {
    throw malformed('The body must be a FHIR Parameters resource', 'Parameters');
  }
  const patients = recordsOf(body['parameter']).filter(({ name }) => name === 'patient');
  const [patient] = patients;
  if (patient === undefined || patients.length > 1) {
    throw malformed(
      'Exactly one parameter "patient" is required',
      "Parameters.parameter.where(name = 'patient')",
    );
  }
  const identifier = patient['valueIdentifier'];
  const at = "Parameters.parameter.where(name = 'patient').value";
  if (!isRecord(identifier) || typeof identifier['value'] !== 'string') {
    throw malformed('The parameter "patient" must be a valueIdentifier with system and value', at);
  }
  if (identifier['system'] !== identifierSystems.bsn) {
    throw malformed(`The system of the patient identifier must be ${identifierSystems.bsn}`, `${at}.system`);
  }
  return getBsn(identifier['value'], `${at}.value`);
}

function getBsn(text: string, expression: string): Bsn {
  const bsn = /^\d{9}$/.test(text) ? findBsn(text) : undefined;
  if (bsn !== undefined) return bsn;
  const issue = {
    code: 'value',
    text: 'The BSN must have nine digits that pass the eleven-test',
    expression,
  };
  throw new Failure('malformed', issue.text, { issues: [issue] });
}

function malformed(text: string, expression: string): Failure {
  return new Failure('malformed', text, { issues: [{ text, expression }] });
}
