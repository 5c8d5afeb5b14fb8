import { canonicalBase, identifierSystems } from '@samenhang/data-model';

const extensionUrl = (name: string): string => `${canonicalBase}/StructureDefinition/${name}`;
const who = (ura: string, display?: string) => ({
  identifier: { system: identifierSystems.ura, value: ura },
  ...(display === undefined ? {} : { display }),
});
const entity = (ura: string, reference: string, display?: string) => ({
  extension: [{ url: extensionUrl('source-system'), valueUri: `urn:system:${ura}` }],
  role: 'source',
  what: { reference },
  agent: [{ who: who(ura, display) }],
});
const provenance = (target: string, entities: object[], extension: object[] = []) => ({
  fullUrl: `urn:uuid:${target}`,
  search: { mode: 'include' },
  resource: {
    resourceType: 'Provenance',
    id: 'x',
    extension,
    target: [{ reference: target }],
    entity: entities,
  },
});
const match = (fullUrl: string, resource: object) => ({ fullUrl, search: { mode: 'match' }, resource });

export const gp = 'https://gp.example/fhir';
export const hospital = 'https://hospital.example/fhir';

/** A view as the query API gives it: an allergy of two sources, two that conflict, a value 0, one source missing. */
export const viewBundle = {
  resourceType: 'Bundle',
  type: 'searchset',
  entry: [
    match(`${gp}/Patient/p`, {
      resourceType: 'Patient',
      id: 'p',
      name: [{ given: ['Anna'], family: 'Jansen' }],
      birthDate: '1950-01-01',
    }),
    match(`${gp}/AllergyIntolerance/a`, {
      resourceType: 'AllergyIntolerance',
      id: 'a',
      code: { text: 'Penicilline' },
      criticality: 'high',
    }),
    match(`${gp}/Condition/c`, {
      resourceType: 'Condition',
      id: 'c',
      code: { coding: [{ code: '44054006', display: 'Diabetes' }] },
    }),
    match(`${hospital}/Condition/d`, {
      resourceType: 'Condition',
      id: 'd',
      code: { coding: [{ code: '44054006' }] },
    }),
    match(`${hospital}/Observation/o`, {
      resourceType: 'Observation',
      id: 'o',
      category: [{ coding: [{ code: 'laboratory' }] }],
      code: { text: 'Leukocytes' },
      effectiveDateTime: '2026-01-01T10:00:00Z',
      valueQuantity: { value: 0, unit: '10*9/L' },
    }),
    match(`${hospital}/MedicationRequest/m`, {
      resourceType: 'MedicationRequest',
      id: 'm',
      medicationReference: { reference: 'Medication/x' },
      dosageInstruction: [{ text: '1x daily' }],
    }),
    match(`${hospital}/DocumentReference/l`, {
      resourceType: 'DocumentReference',
      id: 'l',
      type: { text: 'Discharge letter' },
      date: '2026-01-02T10:00:00Z',
      content: [
        { attachment: { contentType: 'text/plain', data: 'SGVsbG8=', title: 'Letter' } },
        { attachment: { contentType: 'application/pdf', url: `${hospital}/Binary/b`, size: 1200 } },
      ],
    }),
    match(`${gp}/Flag/f`, {
      resourceType: 'Flag',
      id: 'f',
      code: { text: 'MRSA' },
      period: { start: '2025' },
    }),
    match(`${hospital}/Observation/r`, {
      resourceType: 'Observation',
      id: 'r',
      meta: { tag: [{ system: `${canonicalBase}/CodeSystem/view-flag`, code: 'retracted' }] },
      status: 'entered-in-error',
      category: [{ coding: [{ code: 'laboratory' }] }],
      code: { text: 'Withdrawn' },
    }),
    {
      fullUrl: `${hospital}/Medication/x`,
      search: { mode: 'include' },
      resource: { resourceType: 'Medication', id: 'x', code: { text: 'Metformine' } },
    },
    {
      fullUrl: `${hospital}/Patient/q`,
      search: { mode: 'include' },
      resource: { resourceType: 'Patient', id: 'q', name: [{ family: 'Janssen' }] },
    },
    provenance(
      `${gp}/AllergyIntolerance/a`,
      [
        entity('11111111', `${gp}/AllergyIntolerance/a`, 'GP'),
        entity('22222222', `${hospital}/AllergyIntolerance/b`),
      ],
      [{ url: extensionUrl('merge-difference'), valueString: 'criticality' }],
    ),
    provenance(
      `${gp}/Condition/c`,
      [entity('11111111', `${gp}/Condition/c`, 'GP')],
      [
        {
          url: extensionUrl('merge-conflict'),
          extension: [
            { url: 'kind', valueCode: 'state' },
            { url: 'element', valueString: 'clinicalStatus' },
            { url: 'with', valueUri: `${hospital}/Condition/d` },
          ],
        },
      ],
    ),
    provenance(
      `${gp}/Patient/p`,
      [entity('11111111', `${gp}/Patient/p`, 'GP'), entity('22222222', `${hospital}/Patient/q`)],
      [
        ...[
          [`${gp}/Patient/p`, '11111111'],
          [`${hospital}/Patient/q`, '22222222'],
        ].map(([statedIn, ura]) => ({
          url: extensionUrl('demographic-element'),
          extension: [
            { url: 'element', valueString: 'name' },
            { url: 'statedIn', valueUri: statedIn },
            { url: 'custodian', valueIdentifier: who(String(ura)).identifier },
          ],
        })),
      ],
    ),
    {
      search: { mode: 'outcome' },
      resource: {
        resourceType: 'OperationOutcome',
        extension: [
          {
            url: extensionUrl('source-status'),
            extension: [
              { url: 'custodian', valueIdentifier: who('11111111').identifier },
              { url: 'name', valueString: 'GP' },
              { url: 'status', valueCode: 'ok' },
              { url: 'milliseconds', valueInteger: 12 },
            ],
          },
          {
            url: extensionUrl('source-status'),
            extension: [
              { url: 'custodian', valueIdentifier: who('44444444').identifier },
              { url: 'name', valueString: 'Pharmacy' },
              { url: 'status', valueCode: 'timed-out' },
            ],
          },
        ],
        issue: [
          {
            severity: 'warning',
            code: 'timeout',
            diagnostics: 'Custodian 44444444 did not answer in time',
            extension: [{ url: extensionUrl('issue-source'), valueIdentifier: who('44444444').identifier }],
          },
        ],
      },
    },
  ],
};
