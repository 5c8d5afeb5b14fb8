/** The three views that are measured, as ViewDefinitions: what a researcher's table of each begins with. */
export const views = {
  'patient-demographics': {
    resource: 'Patient',
    select: [
      {
        column: [
          { name: 'id', path: 'getResourceKey()', type: 'string' },
          { name: 'gender', path: 'gender', type: 'code' },
          { name: 'birth_date', path: 'birthDate', type: 'date' },
          { name: 'deceased', path: 'deceased.ofType(boolean)', type: 'boolean' },
          { name: 'postcode', path: 'address.postalCode.first()', type: 'string' },
          { name: 'family', path: "name.where(use = 'official').family.first()", type: 'string' },
        ],
      },
    ],
  },
  condition: {
    resource: 'Condition',
    select: [
      {
        column: [
          { name: 'id', path: 'getResourceKey()', type: 'string' },
          { name: 'patient', path: 'subject.getReferenceKey(Patient)', type: 'string' },
          { name: 'onset', path: 'onset.ofType(dateTime)', type: 'dateTime' },
          { name: 'status', path: 'clinicalStatus.coding.code.first()', type: 'code' },
        ],
      },
      {
        forEach: 'code.coding',
        column: [
          { name: 'system', path: 'system', type: 'uri' },
          { name: 'code', path: 'code', type: 'code' },
        ],
      },
    ],
  },
  'observation-flat': {
    resource: 'Observation',
    select: [
      {
        column: [
          { name: 'id', path: 'getResourceKey()', type: 'string' },
          { name: 'patient', path: 'subject.getReferenceKey(Patient)', type: 'string' },
          { name: 'status', path: 'status', type: 'code' },
          { name: 'effective', path: 'effective.ofType(dateTime)', type: 'dateTime' },
          { name: 'value', path: 'value.ofType(Quantity).value', type: 'decimal' },
          { name: 'unit', path: 'value.ofType(Quantity).code', type: 'code' },
        ],
      },
      {
        forEach: 'code.coding',
        column: [
          { name: 'system', path: 'system', type: 'uri' },
          { name: 'code', path: 'code', type: 'code' },
        ],
      },
    ],
  },
} as const;

export type ViewName = keyof typeof views;
