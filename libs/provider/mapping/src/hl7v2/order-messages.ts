import type { Hl7Segment } from '@samenhang/hl7v2';
import { rejection } from '../source-message.js';
import { concept } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import { readCodedField } from './coded.js';
import { diagnosesOf } from './diagnoses.js';
import type { Hl7Run } from './hl7-run.js';
import { textOf, UnusablePart } from './hl7-run.js';
import { identifierOf } from './identifiers.js';
import { mapMedicationOrder } from './medication-orders.js';
import { mapResults } from './observations.js';
import { orderGroups, partsOfOrder, type OrderGroup } from './order-groups.js';
import { orderKeyOf, requesterOf, serviceStatus, wordsOfNotes } from './order-states.js';
import { bodyOf, firstNamed, patientGroups } from './patient-groups.js';
import { encounterElement, patientReference, type PatientOfMessage } from './patient-of-message.js';
import { mapPerson } from './persons.js';
import { referToProfessional } from './professionals.js';
import { mapSpecimen } from './specimens.js';

const laboratoryProcedure = '108252007';

/** ORM, OML, OMG and OMI: what is asked for, as ServiceRequest or prescription. */
export function mapOrderMessage(run: Hl7Run): void {
  let orders = 0;
  for (const group of patientGroups(run)) {
    const patient = mapPerson(group, run, { withVisit: true });
    for (const order of orderGroups(bodyOf(group))) {
      const obr = firstNamed(order.members, 'OBR');
      const place = obr ?? order.orc ?? group.pid;
      orders += 1;
      run.part(place, () => {
        if (obr !== undefined) mapServiceRequest(order, obr, patient, run);
        else mapMedicationOrder(order, patient, run);
      });
    }
  }
  if (orders === 0) throw rejection('missing-segment', 'ORC', 'The message has no order');
}

function mapServiceRequest(group: OrderGroup, obr: Hl7Segment, patient: PatientOfMessage, run: Hl7Run): void {
  const { orc, members } = group;
  const code = readCodedField(obr.field(4), run);
  if (code === undefined)
    throw new UnusablePart(
      'order-without-code',
      'The order does not say what is asked for',
      obr.field(4).path,
    );
  const number = orderKeyOf(group, obr, run);
  const key = `order:${patient.id}:${number}:${code.coding?.[0]?.code ?? code.text ?? ''}`;
  const order = { key, obr, orc, patient, basedOn: {} };
  const { notes, results, specimens } = partsOfOrder(members);
  const specimen = specimens.map(({ spm }) => mapSpecimen(spm, key, patient, run));
  const questions = mapResults([...results, ...specimens.flatMap((one) => one.results)], order, run);
  const reasons = diagnosesOf(members, patient, run);
  run.mapping.put(
    {
      resourceType: 'ServiceRequest',
      id: run.mapping.idOf('ServiceRequest', key),
      ...describe(group, obr, run),
      code,
      subject: patientReference(patient),
      ...encounterElement(patient),
      ...(specimen.length === 0 ? {} : { specimen }),
      ...(questions.length === 0 ? {} : { supportingInfo: questions }),
      ...(reasons.length === 0 ? {} : { reasonReference: reasons }),
      ...noteOf(obr, notes),
    },
    { patientId: patient.id, location: obr.path },
  );
}

function describe({ orc, members }: OrderGroup, obr: Hl7Segment, run: Hl7Run): Record<string, unknown> {
  const { tables } = run.mapping;
  const tq1 = firstNamed(members, 'TQ1');
  const identifier = [
    identifierOf((orc ?? obr).field(2).repetition(1), 'PLAC', run) ??
      identifierOf(obr.field(2).repetition(1), 'PLAC', run),
    identifierOf((orc ?? obr).field(3).repetition(1), 'FILL', run) ??
      identifierOf(obr.field(3).repetition(1), 'FILL', run),
  ].filter((one) => one !== undefined);
  const section = textOf(obr.field(24));
  const isLaboratory =
    run.message.type.code === 'OML' || tables.findHl7('0074-laboratory', section) !== undefined;
  const stated = [tq1?.field(9), obr.field(5), obr.field(27).component(6), orc?.field(7).component(6)]
    .map((element) => (element === undefined ? undefined : textOf(element)))
    .find((priority) => priority !== undefined);
  const priority = tables.findHl7('0485', stated);
  const requested = [tq1?.field(7), obr.field(36), obr.field(6), orc?.field(7).component(4)];
  const place = requested.find((element) => element?.hasValue === true);
  const occurrence = place === undefined ? undefined : run.dateTime(place);
  const authored = orc === undefined ? undefined : run.dateTime(orc.field(9));
  const requester = requesterOf(orc, run) ?? referToProfessional(obr.field(16).repetition(1), run);
  const reason = obr.field(31).repetitions.length > 0 ? readCodedField(obr.field(31), run) : undefined;
  return {
    ...(identifier.length === 0 ? {} : { identifier }),
    status: serviceStatus(orc, run),
    intent: 'order',
    ...(isLaboratory ? { category: [concept(codeSystems.snomed, laboratoryProcedure)] } : {}),
    ...(priority === undefined ? {} : { priority }),
    ...(occurrence === undefined ? {} : { occurrenceDateTime: occurrence }),
    ...(authored === undefined ? {} : { authoredOn: authored }),
    ...(requester === undefined ? {} : { requester }),
    ...(reason === undefined ? {} : { reasonCode: [reason] }),
  };
}

/** NTE and relevant clinical information (OBR-13). */
function noteOf(obr: Hl7Segment, notes: readonly Hl7Segment[]): { note?: { text: string }[] } {
  const texts = [wordsOfNotes(notes), obr.field(13).repetition(1).fullText?.trim()];
  const text = texts.filter((one) => one !== undefined && one !== '').join('\n');
  return text === '' ? {} : { note: [{ text }] };
}
