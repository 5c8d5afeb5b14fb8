import { addNote, mergeNotes } from '../datatypes/annotations.js';
import { addCoding, concept, findCoding, hasCoding, satisfies } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { CodeableConcept, Condition } from '../fhir-types.js';
import { shapeBodySites } from './body-site.js';
import { conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';

/** Codes of ICD-10 as WHO publishes it, of which ICD-10-nl is the Dutch edition with the same codes. */
const ICD_10_WHO = /^[A-Z]\d\d(?:\.\d)?$/;

const ended: ReadonlySet<string> = new Set(['inactive', 'resolved', 'remission']);

export function shapeCondition(condition: Condition, context: ProfileContext): Conformance {
  shapeBodySites(condition, context);
  checkAbatement(condition, context);
  mergeNotes(condition);
  addProblemType(condition, context);
  addDutchEdition(condition.code);
  if (condition.code !== undefined && !satisfies(condition.code, 'ProbleemNaam', context.tables)) {
    return staysBase(
      'unmapped-code',
      'unmapped-condition-code',
      'The problem has no code of a system that ProbleemNaamCodelijst names',
      condition.code,
    );
  }
  if (!addVerificationStatus(condition, context)) {
    return staysBase(
      'unmapped-code',
      'unmapped-verification-status',
      'The verification status has no code in VerificatieStatusCodelijst',
      condition.verificationStatus,
    );
  }
  return conformsTo('nl-core-Problem');
}

/** The profile wants both FHIR's code and the zib's for the verification status, or none at all. */
function addVerificationStatus(condition: Condition, context: ProfileContext): boolean {
  const status = condition.verificationStatus;
  if (status === undefined) return true;
  const code = context.tables.find(
    'verificationStatus',
    findCoding(status, codeSystems.conditionVerification)?.code,
  );
  if (code === undefined) return false;
  addCoding(status, code === 'UNK' ? codeSystems.nullFlavor : codeSystems.snomed, code);
  return true;
}

function addProblemType(condition: Condition, context: ProfileContext): void {
  const categories = condition.category ?? [];
  if (categories.some((category) => findCoding(category, codeSystems.snomed) !== undefined)) return;
  for (const category of categories) {
    const code = context.tables.find(
      'problemType',
      findCoding(category, codeSystems.conditionCategory)?.code,
    );
    if (code === undefined) continue;
    condition.category = [...categories, concept(codeSystems.snomed, code)];
    return;
  }
}

function addDutchEdition(code: CodeableConcept | undefined): void {
  const international = findCoding(code, codeSystems.icd10)?.code;
  if (code !== undefined && international !== undefined && ICD_10_WHO.test(international)) {
    addCoding(code, codeSystems.icd10nl, international);
  }
}

/** con-4 and con-5 of FHIR R4. An end that the status contradicts is kept in words: the status is the safe reading. */
function checkAbatement(condition: Condition, context: ProfileContext): void {
  const isError = hasCoding(
    condition.verificationStatus,
    codeSystems.conditionVerification,
    'entered-in-error',
  );
  if (isError) delete condition.clinicalStatus;
  const abatement = Object.keys(condition).find((element) => element.startsWith('abatement'));
  if (abatement === undefined) return;
  const status = findCoding(condition.clinicalStatus, codeSystems.conditionClinical)?.code;
  if (status !== undefined && ended.has(status)) return;
  if (condition.clinicalStatus === undefined && !isError) {
    condition.clinicalStatus = concept(codeSystems.conditionClinical, 'inactive');
    context.report(
      'information',
      'derived-clinical-status',
      'An abatement without a clinical status: the problem is inactive',
      'clinicalStatus',
    );
    return;
  }
  const value = condition[abatement];
  addNote(condition, `Abatement: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  delete condition[abatement];
  context.report(
    'error',
    'contradictory-abatement',
    'The problem is said to hold and to have ended; its end is kept in the note',
    abatement,
  );
}
