import type { Hl7Segment, ObservationResult } from '@samenhang/hl7v2';
import { addNote } from '../datatypes/annotations.js';
import { concept, satisfies } from '../datatypes/concepts.js';
import { codeSystems, hl7TableSystem } from '../fhir-systems.js';
import type { CodeableConcept, Observation, Period, Reference } from '../fhir-types.js';
import { isVitalSign } from '../profiles/observation.js';
import { conceptKey } from './allergies.js';
import { readCodedField } from './coded.js';
import { textOf, UnusablePart, type Hl7Run } from './hl7-run.js';
import { readValue } from './observation-value.js';
import { encounterElement, patientReference, type PatientOfMessage } from './patient-of-message.js';
import { periodFrom } from './periods.js';
import { referToProfessional } from './professionals.js';
import { readReferenceRange } from './reference-range.js';

/** The order that results belong to; in an admission message there is none. */
export interface Order {
  readonly key: string;
  readonly obr: Hl7Segment | undefined;
  readonly orc: Hl7Segment | undefined;
  readonly patient: PatientOfMessage;
  /** What the results answer: the order by the placer's number. */
  readonly basedOn: { readonly basedOn?: Reference[] };
}

export interface Result {
  readonly observation: Observation;
  /** Within the order. */
  readonly key: string;
  readonly location: string;
  readonly isDeleted: boolean;
  readonly id?: string;
}

/** One OBX with its notes as an Observation. Undefined for an OBX that says that there is no result. */
export function buildResult(
  { obx, notes }: ObservationResult,
  order: Order,
  specimen: Reference | undefined,
  run: Hl7Run,
): Result | undefined {
  const code = readCodedField(obx.field(3), run);
  if (code === undefined)
    throw new UnusablePart(
      'result-without-code',
      'The result does not say what was observed',
      obx.field(3).path,
    );
  const status = statusOf(obx, order, run);
  if (status === undefined) return undefined;
  const moment = momentOf(obx, order, run);
  const observation: Observation = {
    resourceType: 'Observation',
    status: status === 'deleted' ? 'entered-in-error' : status,
    code,
    ...order.basedOn,
    subject: patientReference(order.patient),
    ...encounterElement(order.patient),
    ...moment,
    ...(status === 'deleted' ? {} : readValue(obx, run)),
  };
  addContext(observation, obx, order, run);
  if (specimen !== undefined) observation.specimen = specimen;
  for (const note of notes) addNoteOf(observation, note);
  setCategory(observation, obx, order, run);
  const subId = textOf(obx.field(4)) ?? '';
  const time = order.obr === undefined ? (moment.effectiveDateTime ?? run.message.controlId ?? '') : '';
  return {
    observation,
    key: `${conceptKey(code)}|${subId}|${time}`,
    location: obx.path,
    isDeleted: status === 'deleted',
  };
}

/** OBX-11, else the status of the order. `deleted` takes the result away; undefined means that there is none. */
function statusOf(obx: Hl7Segment, order: Order, run: Hl7Run): string | undefined {
  const { tables } = run.mapping;
  const stated = textOf(obx.field(11));
  const status =
    tables.findHl7('0085', stated) ??
    tables.findHl7('0123', order.obr === undefined ? undefined : textOf(order.obr.field(25)));
  if (status === 'none') {
    run.report('information', 'no-result', obx.field(11), 'The segment says that there is no result');
    return undefined;
  }
  if (stated?.toUpperCase() === 'U' && !obx.field(5).hasValue) {
    throw new UnusablePart(
      'status-without-value',
      'A change of status alone would replace the result by nothing',
      obx.field(11).path,
    );
  }
  if (status === undefined)
    run.reportUnmapped('unmapped-result-status', '0085', obx.field(11), 'The result has no known status');
  return status ?? 'unknown';
}

export interface Moment {
  effectiveDateTime?: string;
  effectivePeriod?: Period;
}

export function momentOf(obx: Hl7Segment, { obr }: Order, run: Hl7Run): Moment {
  const own = run.dateTime(obx.field(14));
  if (own !== undefined) return { effectiveDateTime: own };
  // A time that was stated and does not exist is not replaced by that of the order.
  if (obx.field(14).hasValue) return {};
  if (obr === undefined) {
    const event = run.message.segment('EVN')?.field(6);
    const occurred = event === undefined ? undefined : run.dateTime(event);
    return occurred === undefined ? {} : { effectiveDateTime: occurred };
  }
  const [start, end] = [run.dateTime(obr.field(7)), run.dateTime(obr.field(8))];
  if (start !== undefined && end !== undefined && end !== start) {
    const effectivePeriod = periodFrom(start, end, obr.field(8), run);
    if (effectivePeriod?.end !== undefined && effectivePeriod.end !== effectivePeriod.start)
      return { effectivePeriod };
  }
  return start === undefined ? {} : { effectiveDateTime: start };
}

function addContext(observation: Observation, obx: Hl7Segment, order: Order, run: Hl7Run): void {
  const interpretation = obx.field(8).repetitions.flatMap((value) => {
    const flag = textOf(value);
    return flag === undefined ? [] : [interpretationOf(flag, run)];
  });
  if (interpretation.length > 0) observation.interpretation = interpretation;
  const range = readReferenceRange(obx, run);
  if (range !== undefined) observation.referenceRange = range;
  const issued = order.obr === undefined ? undefined : run.dateTime(order.obr.field(22));
  if (issued !== undefined && issued.length > 19) observation.issued = issued;
  const performer = obx.field(16).repetitions.flatMap((value) => referToProfessional(value, run) ?? []);
  const laboratory = textOf(obx.field(23).component(1)) ?? textOf(obx.field(15).component(2));
  if (laboratory !== undefined) performer.unshift({ type: 'Organization', display: laboratory });
  if (performer.length > 0) observation.performer = performer;
  const method = readCodedField(obx.field(17), run);
  if (method !== undefined) observation.method = method;
  const unit = textOf(obx.field(6).component(1)) ?? textOf(obx.field(6).component(2));
  if (unit !== undefined && observation.valueString !== undefined) addNote(observation, `Unit: ${unit}`);
}

/** A flag that HL7 does not know is one of the source's own. */
function interpretationOf(flag: string, run: Hl7Run): CodeableConcept {
  const code = run.mapping.tables.findHl7('0078', flag);
  if (code !== undefined) return concept(codeSystems.interpretation, code);
  const isHl7 = ['MS', 'VS'].includes(flag.toUpperCase());
  return isHl7 ? concept(hl7TableSystem('0078'), flag.toUpperCase()) : { text: flag };
}

export function addNoteOf(target: Observation, nte: Hl7Segment): void {
  const text = nte
    .field(3)
    .repetitions.map((value) => value.fullText ?? '')
    .join('\n')
    .trim();
  if (text !== '') (target.note ??= []).push({ text });
}

/**
 * What the order says comes first: a blood gas of the laboratory has the code of a vital sign. Then the code: vital signs,
 * and laboratory tests by LOINC or NHG. Of the rest a measured or coded value is taken for a laboratory result, unless the
 * order is of another service; a loose text may be any report.
 */
function setCategory(observation: Observation, obx: Hl7Segment, { obr }: Order, run: Hl7Run): void {
  const { tables } = run.mapping;
  const section = obr === undefined ? undefined : textOf(obr.field(24));
  const saysLaboratory = tables.findHl7('0074-laboratory', section) !== undefined;
  const isVital = !saysLaboratory && isVitalSign(observation, tables);
  const isText = ['TX', 'FT'].includes(textOf(obx.field(2))?.toUpperCase() ?? 'TX');
  const saysOther = obr === undefined || tables.findHl7('0074-other', section) !== undefined;
  const isLaboratory =
    saysLaboratory || (!saysOther && (satisfies(observation.code, 'TestCode', tables) || !isText));
  if (!isVital && !isLaboratory) return;
  observation.category = [concept(codeSystems.observationCategory, isVital ? 'vital-signs' : 'laboratory')];
}
