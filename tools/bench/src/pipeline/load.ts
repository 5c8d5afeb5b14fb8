import { demoPeople } from '@samenhang/demo';

/** How many resources each generated message becomes, checked by the benchmark against the record. */
export interface GeneratedMessage {
  readonly text: string;
  readonly controlId: string;
}

const people = demoPeople(500);

/** An ORU^R01 with ten results of one fresh laboratory order, for one of 500 persons. */
export function laboratoryMessage(serial: number): GeneratedMessage {
  const person = people[serial % people.length];
  if (person === undefined) throw new RangeError('There are no persons');
  const order = `BENCH${serial}`;
  const controlId = `B${serial}`;
  const results = Array.from({ length: 10 }, (_unused, index) => {
    const value = `${3 + ((serial + index) % 5)},${index}`;
    return `OBX|${index + 1}|NM|14749-6^Glucose [Moles/volume] in Serum or Plasma^LN|${index + 1}|${value}|mmol/l|4,0 - 7,8|N|||F|||20261120081500+0100`;
  });
  const text = [
    `MSH|^~\\&|LIS|NOORD|SAMENHANG|NOORD|20261121080000+0100||ORU^R01^ORU_R01|${controlId}|P|2.5|||||NLD|UNICODE UTF-8`,
    `PID|1||${person.hospitalNumber}^^^NOORD^PI~${person.bsn}^^^NLMINBIZA^NNNLD||${person.familyName}&&${person.familyName}^${person.givenName}^^^^^L||${person.birthDate.replaceAll('-', '')}|F`,
    `OBR|1|${order}^NOORD|${order}^LAB|24323-8^Comprehensive metabolic 2000 panel - Serum or Plasma^LN|||20261120081500+0100|||||||||||||||20261120120000+0100||LAB|F`,
    ...results,
    '',
  ].join('\r');
  return { text, controlId };
}

/** A Bundle of one Patient and twelve blood pressures, as a FHIR source pushes it. */
export function vitalSignsBundle(serial: number): string {
  const person = people[serial % people.length];
  if (person === undefined) throw new RangeError('There are no persons');
  const patientId = `bench-${person.gpNumber}`;
  const observations = Array.from({ length: 12 }, (_unused, index) => ({
    resourceType: 'Observation',
    id: `bp-${serial}-${index}`,
    status: 'final',
    category: [
      {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' },
        ],
      },
    ],
    code: { coding: [{ system: 'http://loinc.org', code: '85354-9' }] },
    subject: { reference: `Patient/${patientId}` },
    effectiveDateTime: `2026-11-20T${String(8 + index).padStart(2, '0')}:00:00+01:00`,
    component: [pressure('8480-6', 120 + index), pressure('8462-4', 70 + index)],
  }));
  const patient = {
    resourceType: 'Patient',
    id: patientId,
    identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: person.bsn }],
    name: [{ family: person.familyName, given: [person.givenName] }],
    gender: person.gender,
    birthDate: person.birthDate,
  };
  const entry = [patient, ...observations].map((resource) => ({
    fullUrl: `https://bench.example/fhir/${resource.resourceType}/${resource.id}`,
    resource,
  }));
  return JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry });
}

function pressure(code: string, value: number): object {
  return {
    code: { coding: [{ system: 'http://loinc.org', code }] },
    valueQuantity: { value, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
  };
}
