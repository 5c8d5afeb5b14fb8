import type { ObservationGroup, ObservationResult } from '@samenhang/hl7v2';
import { concept } from '../datatypes/concepts.js';
import { hl7TableSystem } from '../fhir-systems.js';
import type { Reference } from '../fhir-types.js';
import { readCodedField } from './coded.js';
import { textOf, type Hl7Run } from './hl7-run.js';
import { identifierOf } from './identifiers.js';
import { encounterElement, patientReference } from './patient-of-message.js';
import { referToProfessional } from './professionals.js';
import { momentOf, type Order } from './results.js';

const wordTypes: ReadonlySet<string> = new Set(['TX', 'FT']);

export function isText({ obx }: ObservationResult): boolean {
  return wordTypes.has(textOf(obx.field(2))?.toUpperCase() ?? '');
}

/** Whether an order is answered in words: by a service that is no laboratory, or with nothing but text. */
export function isTextReport({ obr, results, specimens }: ObservationGroup, run: Hl7Run): boolean {
  const all = [...results, ...specimens.flatMap((one) => one.results)];
  if (!all.some(isText)) return false;
  const section = textOf(obr.field(24));
  const { tables } = run.mapping;
  if (tables.findHl7('0074-other', section) !== undefined) return true;
  if (tables.findHl7('0074-laboratory', section) !== undefined) return false;
  // Without a section: test codes make it a laboratory's; a report has its words under no test of their own.
  return all.every((result) => isText(result) && !isTest(result, run)) && isNarrative(all);
}

const LONG_ANSWER = 80;

/** Lines that go on under one title, or a long text: several short answers, each under its own title, are results. */
function isNarrative(lines: readonly ObservationResult[]): boolean {
  const titles = new Set(lines.map(({ obx }) => obx.field(3).raw));
  if (titles.size < lines.length) return true;
  return lines.some(({ obx }) => {
    const text = obx.field(5).fullText ?? '';
    return obx.field(5).repetitions.length > 1 || text.length > LONG_ANSWER || text.includes('\n');
  });
}

function isTest({ obx }: ObservationResult, run: Hl7Run): boolean {
  const code = readCodedField(obx.field(3), run);
  return code?.coding?.some(({ system }) => run.mapping.tables.binds('TestCode', system)) === true;
}

/** The words of a report as a DiagnosticReport (nl-core-TextResult). */
export function mapTextReport(
  { obr, notes }: ObservationGroup,
  lines: readonly ObservationResult[],
  observations: readonly Reference[],
  order: Order,
  run: Hl7Run,
): void {
  const code =
    readCodedField(obr.field(4), run) ?? readCodedField(lines[0]?.obx.field(3) ?? obr.field(4), run);
  if (code === undefined) {
    run.report('error', 'report-without-code', obr.field(4), 'The report does not say what was examined');
    return;
  }
  const section = textOf(obr.field(24));
  const issued = run.dateTime(obr.field(22));
  const performer = obr.field(32).repetitions.flatMap((value) => referToProfessional(value, run) ?? []);
  const identifier = identifierOf(obr.field(3).repetition(1), 'FILL', run);
  const words = [
    ...sectionsOf(lines),
    ...notes.map((nte) =>
      nte
        .field(3)
        .repetitions.map((value) => value.fullText ?? '')
        .join('\n'),
    ),
  ].filter((text) => text !== '');
  const [first] = lines;
  run.mapping.put(
    {
      resourceType: 'DiagnosticReport',
      id: run.mapping.idOf('DiagnosticReport', order.key),
      ...(identifier === undefined ? {} : { identifier: [identifier] }),
      ...order.basedOn,
      status: statusOf(obr.field(25).text, lines, run),
      ...(section === undefined
        ? {}
        : { category: [concept(hl7TableSystem('0074'), section.toUpperCase())] }),
      code,
      subject: patientReference(order.patient),
      ...encounterElement(order.patient),
      ...(first === undefined ? {} : momentOf(first.obx, order, run)),
      ...(issued !== undefined && issued.length > 19 ? { issued } : {}),
      ...(performer.length === 0 ? {} : { resultsInterpreter: performer }),
      ...(observations.length === 0 ? {} : { result: observations }),
      conclusion: words.join('\n'),
    },
    { patientId: order.patient.id, location: obr.path },
  );
}

/** Lines in the order in which they came; where their title (OBX-3) changes, it stands above them. */
function sectionsOf(lines: readonly ObservationResult[]): string[] {
  const titles = lines.map(({ obx }) => textOf(obx.field(3).component(2)) ?? textOf(obx.field(3)) ?? '');
  const hasSections = new Set(titles).size > 1;
  return lines.flatMap(({ obx, notes }, index) => {
    const title = titles[index] ?? '';
    const isNew = hasSections && title !== '' && title !== titles[index - 1];
    const text = obx
      .field(5)
      .repetitions.map((value) => value.fullText ?? '')
      .join('\n');
    const remarks = notes.flatMap((nte) => nte.field(3).repetitions.map((value) => value.fullText ?? ''));
    return [...(isNew ? [`${title}:`] : []), text, ...remarks];
  });
}

/** OBR-25, else the status that all lines have. */
function statusOf(stated: string | undefined, lines: readonly ObservationResult[], run: Hl7Run): string {
  const { tables } = run.mapping;
  const status = tables.findHl7('0123', stated);
  if (status !== undefined) return status;
  const ofLines = new Set(lines.map(({ obx }) => tables.findHl7('0085', textOf(obx.field(11)))));
  const [only] = ofLines;
  const isStatus = only !== undefined && only !== 'none' && only !== 'deleted';
  return ofLines.size === 1 && isStatus ? only : 'unknown';
}
