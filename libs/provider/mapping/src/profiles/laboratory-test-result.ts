import { addNote, mergeNotes } from '../datatypes/annotations.js';
import { conceptInFull, findCoding, satisfies } from '../datatypes/concepts.js';
import { codeSystems, hl7TableSystem } from '../fhir-systems.js';
import type { CodeableConcept, Observation } from '../fhir-types.js';
import type { CodeTables } from '../tables/code-tables.js';
import { conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';

export function shapeLaboratoryTestResult(observation: Observation, context: ProfileContext): Conformance {
  for (const interpretation of observation.interpretation ?? []) shapeFlag(interpretation, context.tables);
  shapeMethod(observation, context);
  mergeNotes(observation);
  if (!satisfies(observation.code, 'TestCode', context.tables)) {
    return staysBase(
      'unmapped-code',
      'unmapped-lab-code',
      'The laboratory test has neither a LOINC nor an NHG-45 code',
      observation.code,
    );
  }
  return conformsTo('nl-core-LaboratoryTestResult');
}

/** The zib's flag code first, FHIR's beside it (InterpretatieVlaggenCodelijst is extensible). */
export function shapeFlag(interpretation: CodeableConcept, tables: CodeTables): void {
  const original = findCoding(interpretation, hl7TableSystem('0078'))?.code;
  const code =
    findCoding(interpretation, codeSystems.interpretation)?.code ?? tables.findHl7('0078', original);
  if (code === undefined) return;
  const flag = tables.find('interpretation', code);
  const codings = interpretation.coding ?? [];
  interpretation.coding = [
    ...(flag === undefined || findCoding(interpretation, codeSystems.snomed)?.code === flag
      ? []
      : [{ system: codeSystems.snomed, code: flag }]),
    ...(findCoding(interpretation, codeSystems.interpretation) === undefined
      ? [{ system: codeSystems.interpretation, code }]
      : []),
    ...codings,
  ];
}

function shapeMethod(observation: Observation, context: ProfileContext): void {
  if (observation.method === undefined || satisfies(observation.method, 'SnomedCt', context.tables)) return;
  addNote(observation, `Method: ${conceptInFull(observation.method)}`);
  context.countUnmapped(observation.method);
  delete observation.method;
  context.report(
    'warning',
    'unmapped-method',
    'The test method has no SNOMED CT code and is kept in the note',
    'method',
  );
}
