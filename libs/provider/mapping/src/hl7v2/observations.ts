import {
  looseResults,
  observationGroups,
  type Hl7Segment,
  type ObservationGroup,
  type ObservationResult,
} from '@samenhang/hl7v2';
import type { Reference } from '../fhir-types.js';
import { joinBloodPressures } from './blood-pressures.js';
import { textOf, type Hl7Run } from './hl7-run.js';
import { entityKey } from './identifiers.js';
import { addOrderNotes, isPanel, mapPanel } from './panels.js';
import { buildResult, type Order, type Result } from './results.js';
import type { PatientOfMessage } from './patient-of-message.js';
import { mapSpecimen } from './specimens.js';

/** ORDER_OBSERVATION groups of a result message, each with its results, specimens and panel. */
export function mapOrders(
  patientOf: (pid: Hl7Segment | undefined) => PatientOfMessage | undefined,
  run: Hl7Run,
): void {
  for (const group of observationGroups(run.message)) {
    const patient = patientOf(group.pid);
    if (patient !== undefined) mapOrder(group, patient, run);
  }
  for (const obx of looseResults(run.message)) {
    run.report(
      'error',
      'misplaced-result',
      obx,
      'A result before any order (OBR) belongs to nothing and is not used',
    );
  }
}

/** OBX in an admission message: height, weight and the like, without an order. */
export function mapLooseResults(patient: PatientOfMessage, run: Hl7Run): void {
  const order: Order = { key: `message:${patient.id}`, obr: undefined, orc: undefined, patient };
  const results = looseResults(run.message).map((obx): ObservationResult => ({ obx, notes: [] }));
  putResults(joinBloodPressures(collect(results, order, undefined, run)), order, run);
}

function mapOrder(group: ObservationGroup, patient: PatientOfMessage, run: Hl7Run): void {
  const order: Order = { key: orderKey(group, patient, run), obr: group.obr, orc: group.orc, patient };
  const specimens = group.specimens.map(({ spm, results }) => ({
    specimen: mapSpecimen(spm, order.key, patient, run),
    results,
  }));
  // With one specimen for the order, it is that of the results before it too; with several nobody could tell.
  const only: Reference | undefined = specimens.length === 1 ? specimens[0]?.specimen : undefined;
  const results = joinBloodPressures([
    ...collect(group.results, order, only, run),
    ...specimens.flatMap((one) => collect(one.results, order, one.specimen, run)),
  ]);
  if (results.length === 0 && group.results.length === 0) {
    run.report('information', 'order-without-result', group.obr, 'The order has no results');
  }
  const panel = isPanel(group, results);
  if (!panel) addOrderNotes(group, results, run);
  const put = putResults(results, order, run);
  if (panel) mapPanel(group, order, put, run);
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
