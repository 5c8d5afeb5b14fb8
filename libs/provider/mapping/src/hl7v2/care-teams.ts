import type { Hl7Segment } from '@samenhang/hl7v2';
import { concept } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { CodeableConcept, Encounter, Reference } from '../fhir-types.js';
import { readCodedField } from './coded.js';
import { textOf, type Hl7Run } from './hl7-run.js';
import { patientReference, type PatientOfMessage } from './patient-of-message.js';
import { periodFrom } from './periods.js';
import { referToProfessional } from './professionals.js';

interface RoleFields {
  readonly action: number;
  readonly role: number;
  readonly person: number;
  readonly begin: number;
  readonly end: number;
}

/** ROL (until v2.6) and PRT (from v2.7) say the same in other fields. */
const roleFields: Readonly<Record<string, RoleFields>> = {
  ROL: { action: 2, role: 3, person: 4, begin: 5, end: 6 },
  PRT: { action: 2, role: 4, person: 5, begin: 11, end: 12 },
};

/** What a role segment belongs to is the segment it follows. */
const owners: ReadonlySet<string> = new Set([
  'PID',
  'PD1',
  'PV1',
  'PV2',
  'PR1',
  'PRB',
  'IN1',
  'ORC',
  'OBR',
  'OBX',
]);

export interface RoleStatement {
  readonly role: CodeableConcept | undefined;
  readonly person: Reference;
  readonly segment: Hl7Segment;
  readonly fields: RoleFields;
}

/** Roles stated behind a segment of one of these names. A deleted role is not stated. */
export function rolesBehind(
  names: readonly string[],
  segments: readonly Hl7Segment[],
  run: Hl7Run,
): RoleStatement[] {
  let owner: string | undefined;
  const statements: RoleStatement[] = [];
  for (const segment of segments) {
    if (owners.has(segment.name)) owner = segment.name;
    const fields = roleFields[segment.name];
    if (fields === undefined || owner === undefined || !names.includes(owner)) continue;
    if (['D', 'DE'].includes(textOf(segment.field(fields.action))?.toUpperCase() ?? '')) continue;
    const person = referToProfessional(segment.field(fields.person).repetition(1), run);
    if (person === undefined) continue;
    statements.push({
      role: readCodedField(segment.field(fields.role), run, '0443'),
      person,
      segment,
      fields,
    });
  }
  return statements;
}

export function isGeneralPractitioner({ role }: RoleStatement, run: Hl7Run): boolean {
  return run.mapping.tables.findHl7('0443-gp', role?.coding?.[0]?.code) !== undefined;
}

/** Care professionals whom a role segment names for the visit. */
export function visitParticipants(
  segments: readonly Hl7Segment[],
  run: Hl7Run,
): NonNullable<Encounter['participant']> {
  return rolesBehind(['PV1', 'PV2'], segments, run).map(({ role, person }) => {
    const code = run.mapping.tables.findHl7('0443', role?.coding?.[0]?.code) ?? 'PART';
    return { type: [concept(codeSystems.participationType, code)], individual: person };
  });
}

/** The patient's care team: who has a role for the patient besides the general practitioner, whom Patient itself names. */
export function mapCareTeam(segments: readonly Hl7Segment[], patient: PatientOfMessage, run: Hl7Run): void {
  const members = rolesBehind(['PID', 'PD1'], segments, run).filter(
    (statement) => !isGeneralPractitioner(statement, run),
  );
  const [first] = members;
  if (first === undefined) return;
  const participant = members.map(({ role, person, segment, fields }) => {
    const begin = run.dateTime(segment.field(fields.begin));
    const period = periodFrom(begin, run.dateTime(segment.field(fields.end)), segment, run);
    return {
      ...(role === undefined ? {} : { role: [role] }),
      member: person,
      ...(period === undefined ? {} : { period }),
    };
  });
  run.mapping.put(
    {
      resourceType: 'CareTeam',
      id: run.mapping.idOf('CareTeam', `care-team:${patient.id}`),
      status: 'active',
      subject: patientReference(patient),
      participant,
    },
    { patientId: patient.id, location: first.segment.path, onlyIfAbsent: run.mentionsOnly },
  );
}
