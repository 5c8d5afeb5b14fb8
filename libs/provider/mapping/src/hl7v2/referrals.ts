import type { Hl7Segment } from '@samenhang/hl7v2';
import { concept } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { Reference } from '../fhir-types.js';
import { rejection } from '../source-message.js';
import { readCodedField } from './coded.js';
import type { Hl7Run } from './hl7-run.js';
import { textOf } from './hl7-run.js';
import { entityKey, identifierOf } from './identifiers.js';
import { readName } from './names.js';
import { mapOrder } from './observations.js';
import { orderGroups, partsOfOrder } from './order-groups.js';
import { diagnosesOf } from './diagnoses.js';
import { wordsOfNotes } from './order-states.js';
import { bodyOf, firstNamed, named, onlyPatientGroup } from './patient-groups.js';
import { encounterElement, patientReference } from './patient-of-message.js';
import { periodFrom } from './periods.js';
import { mapPerson } from './persons.js';
import { nameInWords } from '../datatypes/human-names.js';

const patientReferral = '3457005';

/** REF^I12–I15: a referral as ServiceRequest, with what it tells of the patient. A cancel (I14) revokes it, no more. */
export function mapReferral(run: Hl7Run): void {
  const group = onlyPatientGroup(run);
  const rf1 = firstNamed(group.segments, 'RF1');
  if (rf1 === undefined)
    throw rejection('missing-segment', 'RF1', 'The message does not describe a referral');
  const number = entityKey(rf1.field(6).repetition(1)) ?? entityKey(rf1.field(11).repetition(1));
  if (number === undefined)
    throw rejection('referral-without-number', rf1.field(6).path, 'The referral has no number of its own');
  const patient = mapPerson(group, run, { withVisit: true });
  const body = bodyOf(group);
  for (const { orc, members } of orderGroups(body)) {
    const obr = firstNamed(members, 'OBR');
    if (obr === undefined) continue;
    mapOrder({ pid: group.pid, orc, obr, ...partsOfOrder(members), others: [] }, patient, run);
  }
  const reasons = diagnosesOf(named(group.segments, 'DG1'), patient, run);
  const notes = wordsOfNotes(named(group.segments.slice(0, group.segments.length - body.length), 'NTE'));
  const identifier = [6, 11].flatMap(
    (field) => identifierOf(rf1.field(field).repetition(1), undefined, run) ?? [],
  );
  run.mapping.put(
    {
      resourceType: 'ServiceRequest',
      id: run.mapping.idOf('ServiceRequest', `referral:${patient.id}:${number}`),
      identifier,
      ...describe(rf1, run),
      subject: patientReference(patient),
      ...encounterElement(patient),
      ...providersOf(group.segments, run),
      ...(reasons.length === 0 ? {} : { reasonReference: reasons }),
      ...(notes === undefined ? {} : { note: [{ text: notes }] }),
    },
    { patientId: patient.id, location: rf1.path },
  );
}

function describe(rf1: Hl7Segment, run: Hl7Run): Record<string, unknown> {
  const { tables } = run.mapping;
  const priority = tables.findHl7('0280', textOf(rf1.field(2)));
  const code = readCodedField(rf1.field(3), run, '0281');
  const reason = readCodedField(rf1.field(10), run, '0336');
  const authored = run.dateTime(rf1.field(9));
  const period = periodFrom(run.dateTime(rf1.field(7)), run.dateTime(rf1.field(8)), rf1.field(8), run);
  const status =
    run.trigger === 'I14' ? 'revoked' : (tables.findHl7('0283', textOf(rf1.field(1))) ?? 'active');
  return {
    status,
    intent: 'order',
    category: [concept(codeSystems.snomed, patientReferral)],
    ...(priority === undefined ? {} : { priority }),
    ...(code === undefined ? {} : { code }),
    ...(period === undefined ? {} : { occurrencePeriod: period }),
    ...(authored === undefined ? {} : { authoredOn: authored }),
    ...(reason === undefined ? {} : { reasonCode: [reason] }),
  };
}

/** PRD: who refers (RP) and to whom (RT), by name: its numbers have no authority of their own. */
function providersOf(segments: readonly Hl7Segment[], run: Hl7Run): Record<string, unknown> {
  const byRole = (code: string): Reference[] =>
    named(segments, 'PRD').flatMap((prd) => {
      const roles = prd.field(1).repetitions.map((value) => textOf(value)?.toUpperCase());
      const name = readName(prd.field(2).repetition(1), run, true);
      if (!roles.includes(code) || name === undefined) return [];
      return [{ type: 'PractitionerRole', display: nameInWords(name) }];
    });
  const [requester] = byRole('RP');
  const performer = byRole('RT');
  return {
    ...(requester === undefined ? {} : { requester }),
    ...(performer.length === 0 ? {} : { performer }),
  };
}
