/** Resources of synthetic persons as the record holds them: some 1 kB of text each, all different. */
export function generatedResource(type: string, index: number): string {
  const id = `${type.toLowerCase()}-${index}`;
  const patient = { reference: `Patient/patient-${index % 50_000}` };
  const meta = {
    versionId: '1',
    lastUpdated: '2026-11-01T10:00:00.000Z',
    source: 'https://samenhang.example/fhir/source/22222222/bench',
    profile: [`http://nictiz.nl/fhir/StructureDefinition/nl-core-${type}`],
  };
  const day = `20${10 + (index % 16)}-${two(1 + (index % 12))}-${two(1 + (index % 28))}`;
  return JSON.stringify({ resourceType: type, id, meta, ...content(type, index, day, patient) });
}

function content(type: string, index: number, day: string, subject: object): object {
  switch (type) {
    case 'Patient':
      return {
        identifier: [{ system: 'https://bench.example/patient', value: String(index) }],
        name: [
          { use: 'official', family: `Familie${index % 9_973}`, given: ['Anna', 'Maria'] },
          { use: 'usual', given: ['Anna'] },
        ],
        telecom: [
          { system: 'phone', value: `06${String(10_000_000 + (index % 89_999_999))}`, use: 'mobile' },
        ],
        gender: index % 2 === 0 ? 'female' : 'male',
        birthDate: `19${40 + (index % 60)}-${two(1 + (index % 12))}-${two(1 + (index % 28))}`,
        address: [
          {
            use: 'home',
            line: ['Dorpsstraat 1'],
            city: 'Utrecht',
            postalCode: `${1000 + (index % 8_999)} AB`,
          },
        ],
      };
    case 'Condition':
      return {
        clinicalStatus: coded('http://terminology.hl7.org/CodeSystem/condition-clinical', 'active'),
        category: [coded('http://snomed.info/sct', '282291009')],
        code: coded('http://snomed.info/sct', String(10_000_000 + (index % 5_000)), 'A disorder'),
        subject,
        onsetDateTime: day,
        recordedDate: day,
      };
    default:
      return {
        status: 'final',
        category: [coded('http://terminology.hl7.org/CodeSystem/observation-category', 'laboratory')],
        code: coded('http://loinc.org', `${1_000 + (index % 3_000)}-${index % 10}`, 'A measurement'),
        subject,
        effectiveDateTime: `${day}T08:15:00+01:00`,
        valueQuantity: {
          value: (index % 2_000) / 10,
          unit: 'mmol/L',
          system: 'http://unitsofmeasure.org',
          code: 'mmol/L',
        },
        referenceRange: [{ low: { value: 3.5, unit: 'mmol/L' }, high: { value: 5.5, unit: 'mmol/L' } }],
      };
  }
}

function coded(system: string, code: string, display?: string): object {
  return { coding: [{ system, code, ...(display === undefined ? {} : { display }) }] };
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
