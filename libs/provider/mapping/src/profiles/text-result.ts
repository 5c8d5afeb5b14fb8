import type { DiagnosticReport } from '../fhir-types.js';
import type { CodeTables } from '../tables/code-tables.js';
import { claims, conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';

const profile = 'nl-core-TextResult';

/**
 * A text result is the findings of an examination or treatment in words. A laboratory panel is no text, and a note of a
 * visit no result: both stay base R4.
 */
export function shapeDiagnosticReport(report: DiagnosticReport, context: ProfileContext): Conformance {
  const isResult = claims(report, profile) || isExamination(report, context.tables);
  const isInWords = report['conclusion'] !== undefined || report['presentedForm'] !== undefined;
  if (!isResult || !isInWords) {
    return staysBase('no-zib', 'no-zib', 'This report is no text result of an examination and stays base R4');
  }
  return conformsTo(profile);
}

function isExamination(report: DiagnosticReport, tables: CodeTables): boolean {
  if (tables.hasListed('TekstUitslagType', report.code)) return true;
  return (report.category ?? []).some(
    (category) =>
      tables.hasListed('TekstUitslagType', category) || tables.hasListed('ExaminationSection', category),
  );
}
