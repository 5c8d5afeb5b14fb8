import type { Hl7Segment, ObservationGroup, ObservationResult } from '@samenhang/hl7v2';
import type { Reference } from '../fhir-types.js';
import { joinBloodPressures } from './blood-pressures.js';
import { textOf, type Hl7Run } from './hl7-run.js';
import { entityKey, identifierOf } from './identifiers.js';
import { partsOfOrder } from './order-groups.js';
import { addOrderNotes, isPanel, mapPanel } from './panels.js';
import { mapDevicesAmong } from './devices.js';
import { mapDocumentsAmong } from './embedded-documents.js';
import { isText, isTextReport, mapTextReport } from './text-reports.js';
import { buildResult, type Order, type Result } from './results.js';
import type { PatientOfMessage } from './patient-of-message.js';
import { mapSpecimen } from './specimens.js';

/**
 * OBX outside of an order: height, weight and the like. In a result message they speak of the patient too (HL7 v2.7 has a
 * place for them); there one without a time of its own is reported, as such senders time their results by the order.
 */
export function mapLooseResults(head: readonly Hl7Segment[], patient: PatientOfMessage, run: Hl7Run): void {
  const { results } = partsOfOrder(head);
  const observed: Order = {
    key: `message:${patient.id}`,
    obr: undefined,
    orc: undefined,
    patient,
    basedOn: {},
  };
  if (['ORU', 'OUL'].includes(run.message.type.code ?? '')) {
    const [timed, loose] = [true, false].map((wanted) =>
      results.filter(({ obx }) => obx.field(14).hasValue === wanted),
    );
    for (const { obx } of loose ?? [])
      run.report(
        'error',
        'misplaced-result',
        obx,
        'A result before any order (OBR) that states no time belongs to nothing and is not used',
      );
    if (timed !== undefined && timed.length > 0) mapResults(timed, observed, run);
    return;
  }
  mapResults(results, observed, run);
}

/** Results that belong to no panel: measurements in an admission, observations at a vaccination or an order. */
export function mapResults(results: readonly ObservationResult[], order: Order, run: Hl7Run): Reference[] {
  const measured = mapDevicesAmong(mapDocumentsAmong(results, order, run), order, run);
  const put = putResults(joinBloodPressures(collect(measured, order, undefined, run)), order, run);
  return put.map(({ id }) => ({ reference: `Observation/${id ?? ''}`, type: 'Observation' }));
}

/** An order with its results and specimens: a panel, a report in words, documents, or loose results. */
export function mapOrder(group: ObservationGroup, patient: PatientOfMessage, run: Hl7Run): void {
  const { obr, orc } = group;
  const order: Order = {
    key: orderKey(group, patient, run),
    obr,
    orc,
    patient,
    basedOn: basedOn(group, run),
  };
  const specimens = group.specimens.map(({ spm, results }) => ({
    specimen: mapSpecimen(spm, order.key, patient, run),
    results,
  }));
  // With one specimen for the order, it is that of the results before it too; with several nobody could tell.
  const only: Reference | undefined = specimens.length === 1 ? specimens[0]?.specimen : undefined;
  if (isTextReport(group, run)) {
    mapReport(group, order, specimens, run);
    return;
  }
  const results = joinBloodPressures([
    ...collect(mapDocumentsAmong(group.results, order, run), order, only, run),
    ...specimens.flatMap((one) =>
      collect(mapDocumentsAmong(one.results, order, run), order, one.specimen, run),
    ),
  ]);
  if (results.length === 0 && group.results.length === 0) {
    run.report('information', 'order-without-result', group.obr, 'The order has no results');
  }
  const panel = isPanel(group, results);
  if (!panel) addOrderNotes(group, results, run);
  const put = putResults(results, order, run);
  if (panel) mapPanel(group, order, put, run);
}

/** A report in words: its text as a whole, and what it has besides words as observations of their own. */
function mapReport(
  group: ObservationGroup,
  order: Order,
  specimens: readonly { readonly specimen: Reference; readonly results: readonly ObservationResult[] }[],
  run: Hl7Run,
): void {
  const all = [...group.results, ...specimens.flatMap(({ results }) => results)];
  const measured = all.filter((result) => !isText(result));
  const observations = mapResults(measured, order, run);
  mapTextReport(group, all.filter(isText), observations, order, run);
}

function collect(
  results: readonly ObservationResult[],
  order: Order,
  specimen: Reference | undefined,
  run: Hl7Run,
): Result[] {
  return results.flatMap((result) => {
    let built: Result | undefined;
    run.part(result.obx, () => {
      built = buildResult(result, order, specimen, run);
    });
    return built ?? [];
  });
}

/** Puts the results out and returns those of the laboratory, for the panel. */
function putResults(results: readonly Result[], order: Order, run: Hl7Run): Result[] {
  const seen = new Map<string, number>();
  const put: Result[] = [];
  for (const result of results) {
    const { observation, location } = result;
    const base = `${order.key}|${result.key}`;
    const count = (seen.get(base) ?? 0) + 1;
    seen.set(base, count);
    // The same test twice under one order: told apart by their order, as nothing else does.
    const key = count === 1 ? base : `${base}|${count}`;
    const id = run.mapping.idOf('Observation', key);
    if (result.isDeleted) {
      run.mapping.delete('Observation', id, order.patient.id);
      continue;
    }
    run.mapping.put(
      { ...observation, resourceType: 'Observation', id },
      { patientId: order.patient.id, location },
    );
    put.push({ ...result, id });
  }
  return put;
}

/** What the order is known by: the filler's number, else the placer's, else what was ordered and when. */
function orderKey({ obr }: ObservationGroup, patient: PatientOfMessage, run: Hl7Run): string {
  const ordered = textOf(obr.field(4).component(1)) ?? textOf(obr.field(4).component(2)) ?? '';
  const number = entityKey(obr.field(3).repetition(1)) ?? entityKey(obr.field(2).repetition(1));
  if (number !== undefined) return `order:${patient.id}:${number}:${ordered}`;
  const time = textOf(obr.field(7)) ?? `message ${run.message.controlId ?? ''} ${obr.sequence}`;
  return `order:${patient.id}:${time}:${ordered}`;
}

/** The placer's number names the request; a request that is known here would have been named by it too. */
function basedOn({ obr, orc }: ObservationGroup, run: Hl7Run): Order['basedOn'] {
  const placer =
    identifierOf(obr.field(2).repetition(1), 'PLAC', run) ??
    (orc === undefined ? undefined : identifierOf(orc.field(2).repetition(1), 'PLAC', run));
  return placer === undefined ? {} : { basedOn: [{ type: 'ServiceRequest', identifier: placer }] };
}
