import { addNote, mergeNotes } from '../datatypes/annotations.js';
import { conceptText } from '@samenhang/fhir-r4';
import { concept, conceptInFull, hasCoding } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { MedicationStatement } from '../fhir-types.js';
import { conformsTo, type Conformance, type ProfileContext } from './conformance.js';
import { shapeDosages } from './instructions-for-use.js';
import { isStopReason } from './medication-agreement.js';
import { referToMedication } from './medication-reference.js';

const use = '422979000';

export function shapeMedicationStatement(
  statement: MedicationStatement,
  context: ProfileContext,
): Conformance {
  referToMedication(statement, context);
  statement.dosage = shapeDosages(statement.dosage, 'dosage', statement, context);
  if (statement.dosage === undefined) delete statement.dosage;
  shapeStatusReason(statement, context);
  for (const reason of statement.reasonCode ?? []) reason.text ??= conceptText(reason);
  shapeReasons(statement);
  mergeNotes(statement);
  if (!hasCoding(statement.category, codeSystems.snomed, use)) {
    const category = concept(codeSystems.snomed, use);
    statement.category = {
      ...statement.category,
      coding: [...(category.coding ?? []), ...(statement.category?.coding ?? [])],
    };
  }
  return conformsTo('mp-MedicationUse2');
}

function shapeStatusReason(statement: MedicationStatement, context: ProfileContext): void {
  const kept = (statement.statusReason ?? []).filter((reason, index) => {
    if (isStopReason(reason, context.tables)) return true;
    addNote(statement, `Reason: ${conceptInFull(reason)}`);
    context.report(
      'warning',
      'unmapped-status-reason',
      'The reason has no code in the list of the profile and is kept in the note',
      `statusReason[${index}]`,
    );
    return false;
  });
  if (kept.length === 0) delete statement.statusReason;
  else statement.statusReason = kept.slice(0, 1);
  for (const reason of kept.slice(1)) addNote(statement, `Reason: ${conceptInFull(reason)}`);
}

/** The zib has one reason for use, in words. */
function shapeReasons(statement: MedicationStatement): void {
  for (const reason of statement.reasonCode?.slice(1) ?? [])
    addNote(statement, `Reason for use: ${conceptInFull(reason)}`);
  if (statement.reasonCode !== undefined) statement.reasonCode = statement.reasonCode.slice(0, 1);
}
