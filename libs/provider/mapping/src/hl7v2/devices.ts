import type { Hl7Segment, ObservationResult } from '@samenhang/hl7v2';
import { findCoding } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { CodeableConcept } from '../fhir-types.js';
import { conceptKey } from './allergies.js';
import { readCodedField, readCodedOrText } from './coded.js';
import { textOf, UnusablePart, type Hl7Run } from './hl7-run.js';
import { patientReference } from './patient-of-message.js';
import { momentOf, type Order } from './results.js';

/** LOINC: unique device identifier; history of medical device use. */
const deviceIdentifier = '74711-3';
const deviceUse = '46264-8';

/**
 * HL7 v2 has no segment for a patient's devices; senders state them as observations with these codes. Puts them out as use
 * of a device, and returns the other results.
 */
export function mapDevicesAmong(
  results: readonly ObservationResult[],
  order: Order,
  run: Hl7Run,
): ObservationResult[] {
  return results.filter(({ obx, notes }) => {
    const loinc = textOf(obx.field(3).component(1));
    if (loinc !== deviceIdentifier && loinc !== deviceUse) return true;
    if (findCoding(readCodedField(obx.field(3), run), codeSystems.loinc) === undefined) return true;
    run.part(obx, () => {
      mapDevice(obx, notes, loinc === deviceIdentifier, order, run);
    });
    return false;
  });
}

function mapDevice(
  obx: Hl7Segment,
  notes: readonly Hl7Segment[],
  isIdentifier: boolean,
  order: Order,
  run: Hl7Run,
): void {
  const value = obx.field(5).repetition(1);
  const type = isIdentifier ? undefined : readCodedOrText(value, run);
  const carrier = isIdentifier ? value.fullText?.trim() : undefined;
  if (type === undefined && carrier === undefined)
    throw new UnusablePart(
      'device-without-name',
      'The device has neither a kind nor an identifier',
      obx.field(5).path,
    );
  const key = `device:${order.patient.id}:${carrier ?? conceptKey(type ?? {})}`;
  const reference = putDevice(type, carrier, key, obx, order, run);
  const note = notes.flatMap((nte) => nte.field(3).repetitions.map((line) => line.fullText ?? '')).join('\n');
  const { effectiveDateTime, effectivePeriod } = momentOf(obx, order, run);
  run.mapping.put(
    {
      resourceType: 'DeviceUseStatement',
      id: run.mapping.idOf('DeviceUseStatement', key),
      status:
        run.mapping.tables.findHl7('0085', textOf(obx.field(11))) === 'entered-in-error'
          ? 'entered-in-error'
          : 'active',
      subject: patientReference(order.patient),
      ...(effectivePeriod === undefined ? {} : { timingPeriod: effectivePeriod }),
      ...(effectiveDateTime === undefined ? {} : { recordedOn: effectiveDateTime }),
      device: reference,
      ...(note.trim() === '' ? {} : { note: [{ text: note }] }),
    },
    { patientId: order.patient.id, location: obx.path },
  );
}

function putDevice(
  type: CodeableConcept | undefined,
  carrier: string | undefined,
  key: string,
  obx: Hl7Segment,
  order: Order,
  run: Hl7Run,
): { reference: string; type: string; display?: string } {
  const id = run.mapping.idOf('Device', key);
  run.mapping.referred.add(`Device/${id}`);
  run.mapping.put(
    {
      resourceType: 'Device',
      id,
      ...(carrier === undefined ? {} : { udiCarrier: [{ carrierHRF: carrier }] }),
      ...(type === undefined ? {} : { type }),
      patient: patientReference(order.patient),
    },
    { patientId: order.patient.id, location: obx.path },
  );
  return {
    reference: `Device/${id}`,
    type: 'Device',
    ...(type?.text === undefined ? {} : { display: type.text }),
  };
}
