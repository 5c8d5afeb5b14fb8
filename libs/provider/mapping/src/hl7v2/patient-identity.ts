import type { Hl7Field, Hl7Segment } from '@samenhang/hl7v2';
import { identifierSystems } from '@samenhang/data-model';
import { bsnProblems, judgeBsn } from '../datatypes/identifiers.js';
import type { Identifier } from '../fhir-types.js';
import { identifierKey } from '../resource-id.js';
import { rejection } from '../source-message.js';
import type { Hl7Run } from './hl7-run.js';
import { readPatientNumbers, type PatientNumber } from './identifiers.js';

export interface PatientIdentity {
  /** Id of the Patient resource. */
  readonly id: string;
  readonly identifiers: Identifier[];
}

/**
 * Who a PID speaks of. PID-3 counts; PID-2 and PID-4 only where an old message has nothing in PID-3.
 *
 * @throws MessageRejected when it leaves the patient's identity open
 */
export function identifyPatient(pid: Hl7Segment, run: Hl7Run): PatientIdentity {
  const listed = readPatientNumbers(pid.field(3), run);
  const numbers =
    listed.length > 0 ? listed : [2, 4].flatMap((field) => readPatientNumbers(pid.field(field), run));
  return settleIdentity(numbers, pid.field(3), run);
}

/** Whom MRG-1 says to be replaced. @throws MessageRejected */
export function identifyPrior(mrg: Hl7Segment, run: Hl7Run): PatientIdentity {
  const field = mrg.field(1);
  return settleIdentity(readPatientNumbers(field, run), field, run);
}

function settleIdentity(numbers: readonly PatientNumber[], field: Hl7Field, run: Hl7Run): PatientIdentity {
  const identifiers = numbers.map(({ identifier }) => identifier);
  const judgement = judgeBsn(identifiers);
  if (judgement.kind === 'fails-eleven-test' || judgement.kind === 'contradictory') {
    const { code, text } = bsnProblems[judgement.kind];
    throw rejection(code, numbers[judgement.index]?.path ?? field.path, text);
  }
  const patientNumbers = numbers.filter((number) => isPatientNumber(number, run));
  const key = preferredNumber(patientNumbers, run)?.identifier;
  if (key === undefined) {
    throw rejection('no-patient-identity', field.path, 'No number says which patient this is');
  }
  return {
    id: run.mapping.idOf('Patient', identifierKey(key.system, key.value)),
    identifiers: patientNumbers.map(({ identifier }) => identifier),
  };
}

/** Numbers of visits, accounts and orders are no numbers of the patient, though some systems list them in PID-3. */
function isPatientNumber(number: PatientNumber, run: Hl7Run): boolean {
  if (run.mapping.tables.findHl7('0203-other', number.type) === undefined) return true;
  run.report(
    'information',
    'not-a-patient-number',
    number,
    'A number of a visit, account or order does not identify the patient',
  );
  return false;
}

/**
 * The number the Patient is known by here: the source's own, which stays when a BSN becomes known. Its own is one
 * without a foreign authority, else one it calls internal (PI) or medical record number (MR).
 */
function preferredNumber(numbers: readonly PatientNumber[], run: Hl7Run): PatientNumber | undefined {
  const own = run.mapping.settings.localIdentifierSystem;
  const rank = ({ identifier, type }: PatientNumber): number => {
    if (identifier.system === own) return 0;
    if (identifier.system === identifierSystems.bsn) return 3;
    return type === 'PI' || type === 'MR' ? 1 : 2;
  };
  let best: PatientNumber | undefined;
  for (const number of numbers) if (best === undefined || rank(number) < rank(best)) best = number;
  return best;
}
