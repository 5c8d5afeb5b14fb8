import { addNote, mergeNotes } from '../datatypes/annotations.js';
import { concept, conceptInFull, hasCoding, satisfies } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { CodeableConcept, MedicationRequest } from '../fhir-types.js';
import type { CodeTables } from '../tables/code-tables.js';
import { conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';
import { shapeDosages } from './instructions-for-use.js';
import { referToMedication } from './medication-reference.js';

const agreement = '33633005';
/** Intents that agree on medication; a proposal or plan agrees on nothing yet. */
const agreeing: ReadonlySet<string> = new Set([
  'order',
  'original-order',
  'reflex-order',
  'filler-order',
  'instance-order',
]);

export function shapeMedicationRequest(request: MedicationRequest, context: ProfileContext): Conformance {
  referToMedication(request, context);
  request.dosageInstruction = shapeDosages(request.dosageInstruction, 'dosageInstruction', request, context);
  if (request.dosageInstruction === undefined) delete request.dosageInstruction;
  if (!agreeing.has(request.intent) || request.status === 'draft') {
    mergeNotes(request);
    return staysBase(
      'no-zib',
      'unmapped-intent',
      'A request that is no order, or a draft of one, is no medication agreement',
    );
  }
  shapeReasons(request, context);
  mergeNotes(request);
  const categories = request.category ?? [];
  if (!categories.some((category) => hasCoding(category, codeSystems.snomed, agreement))) {
    request.category = [concept(codeSystems.snomed, agreement), ...categories];
  }
  return conformsTo('mp-MedicationAgreement');
}

/**
 * In MP9 `reasonCode` is why the agreement was changed or stopped, in R4 it is the indication. An indication goes to the
 * note, a second reference to the supporting information.
 */
function shapeReasons(request: MedicationRequest, context: ProfileContext): void {
  const kept = (request.reasonCode ?? []).filter((reason, index) => {
    if (isStopReason(reason, context.tables)) return true;
    addNote(request, `Indication: ${conceptInFull(reason)}`);
    context.report(
      'information',
      'indication-in-note',
      'The profile has no place for an indication code; it is kept in the note',
      `reasonCode[${index}]`,
    );
    return false;
  });
  if (kept.length === 0) delete request.reasonCode;
  else request.reasonCode = kept.slice(0, 1);
  for (const reason of kept.slice(1)) addNote(request, `Reason: ${conceptInFull(reason)}`);
  const references = request.reasonReference ?? [];
  if (references.length < 2) return;
  request.reasonReference = references.slice(0, 1);
  request['supportingInformation'] = [
    ...((request['supportingInformation'] as unknown[] | undefined) ?? []),
    ...references.slice(1),
  ];
}

export function isStopReason(reason: CodeableConcept, tables: CodeTables): boolean {
  if (hasCoding(reason, codeSystems.nullFlavor, 'OTH')) return true;
  return (
    satisfies(reason, 'SnomedCt', tables) &&
    reason.coding?.some(
      (coding) =>
        coding.system === codeSystems.snomed && tables.find('stopReasons', coding.code) !== undefined,
    ) === true
  );
}
