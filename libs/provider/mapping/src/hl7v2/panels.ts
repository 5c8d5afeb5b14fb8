import type { ObservationGroup } from '@samenhang/hl7v2';
import { codeSystems } from '../fhir-systems.js';
import { hasCoding } from '../datatypes/concepts.js';
import type { Observation } from '../fhir-types.js';
import { readCodedField } from './coded.js';
import { textOf, type Hl7Run } from './hl7-run.js';
import { encounterElement, patientReference } from './patient-of-message.js';
import { addNoteOf, type Order, type Result } from './results.js';

/**
 * An order with several laboratory results is a panel: an Observation that names what was ordered and has the results as
 * members.
 */
export function isPanel({ obr }: ObservationGroup, results: readonly Result[]): boolean {
  const named = textOf(obr.field(4).component(1)) ?? textOf(obr.field(4).component(2));
  return named !== undefined && results.filter(isLaboratory).length > 1;
}

/** Notes at an order that makes no panel go to the one result there is. */
export function addOrderNotes(
  { obr, notes }: ObservationGroup,
  results: readonly Result[],
  run: Hl7Run,
): void {
  const only = results.length === 1 ? results[0] : undefined;
  if (only !== undefined) for (const note of notes) addNoteOf(only.observation, note);
  else if (notes.length > 0) {
    run.report(
      'warning',
      'note-without-result',
      obr,
      'A note at the order has no single result to go with and is left out',
    );
  }
}

export function mapPanel(
  group: ObservationGroup,
  order: Order,
  results: readonly Result[],
  run: Hl7Run,
): void {
  const { obr, notes } = group;
  const members = results.filter(isLaboratory);
  const code = readCodedField(obr.field(4), run);
  if (members.length < 2 || code === undefined) return;
  const first = members[0]?.observation;
  const panel: Observation & { id: string } = {
    resourceType: 'Observation',
    id: run.mapping.idOf('Observation', `panel:${order.key}`),
    ...order.basedOn,
    status: run.mapping.tables.findHl7('0123', textOf(obr.field(25))) ?? statusOfMembers(members),
    category: first?.category ?? [],
    code,
    subject: patientReference(order.patient),
    ...encounterElement(order.patient),
    ...(first?.effectiveDateTime === undefined ? {} : { effectiveDateTime: first.effectiveDateTime }),
    ...(first?.effectivePeriod === undefined ? {} : { effectivePeriod: first.effectivePeriod }),
    ...(first?.issued === undefined ? {} : { issued: first.issued }),
    hasMember: members.map(({ id, observation }) => ({
      reference: `Observation/${id ?? ''}`,
      type: 'Observation',
      ...(observation.code.text === undefined ? {} : { display: observation.code.text }),
    })),
  };
  for (const note of notes) addNoteOf(panel, note);
  run.mapping.put(panel, { patientId: order.patient.id, location: obr.path });
}

function isLaboratory({ observation }: Result): boolean {
  return (
    observation.category?.some((category) =>
      hasCoding(category, codeSystems.observationCategory, 'laboratory'),
    ) === true
  );
}

function statusOfMembers(members: readonly Result[]): string {
  const statuses = new Set(members.map(({ observation }) => observation.status));
  const [only] = statuses;
  return statuses.size === 1 && only !== undefined ? only : 'preliminary';
}
