/** The three views that are measured, as ViewDefinitions: what a researcher's table of each begins with. */
export const views = {
  'patient-demographics': {
    resource: 'Patient',
    select: [
      {
        column: [
          { name: 'id', path: 'getResourceKey()' },
          { name: 'gender', path: 'gender' },
          { name: 'birth_date', path: 'birthDate' },
          { name: 'deceased', path: 'deceased.exists()' },
          { name: 'postcode', path: 'address.postalCode.first()' },
          { name: 'family', path: "name.where(use = 'official').family.first()" },
        ],
      },
    ],
  },
  condition: {
    resource: 'Condition',
    select: [
      {
        column: [
          { name: 'id', path: 'getResourceKey()' },
          { name: 'patient', path: 'subject.getReferenceKey(Patient)' },
          { name: 'onset', path: 'onset.ofType(dateTime)' },
          { name: 'status', path: 'clinicalStatus.coding.code.first()' },
        ],
      },
      {
        forEach: 'code.coding',
        column: [
          { name: 'system', path: 'system' },
          { name: 'code', path: 'code' },
        ],
      },
    ],
  },
  'observation-flat': {
    resource: 'Observation',
    select: [
      {
        column: [
          { name: 'id', path: 'getResourceKey()' },
          { name: 'patient', path: 'subject.getReferenceKey(Patient)' },
          { name: 'status', path: 'status' },
          { name: 'effective', path: 'effective.ofType(dateTime)' },
          { name: 'value', path: 'value.ofType(Quantity).value' },
          { name: 'unit', path: 'value.ofType(Quantity).code' },
        ],
      },
      {
        forEach: 'code.coding',
        column: [
          { name: 'system', path: 'system' },
          { name: 'code', path: 'code' },
        ],
      },
    ],
  },
} as const;

export type ViewName = keyof typeof views;
