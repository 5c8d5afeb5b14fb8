import type { Permit } from '../permit.js';

export interface ColumnMeaning {
  readonly column: string;
  readonly meaning: 'known' | 'sensitive';
  readonly coarsening: 'list' | 'date' | 'age' | 'postcode' | 'code-prefix';
  readonly values: string;
}

export interface ViewProposal {
  readonly view: object;
  readonly columns: readonly ColumnMeaning[];
}

const genders = 'female, male, other, unknown';

const ofPatients = {
  gender: {
    column: { name: 'gender', path: 'gender' },
    meaning: { column: 'gender', meaning: 'known', coarsening: 'list', values: genders },
  },
  birthDate: {
    column: { name: 'birth_year', path: 'birthDate' },
    meaning: { column: 'birth_year', meaning: 'known', coarsening: 'date', values: '' },
  },
} as const;

/** A view to begin with: of patients when the permit gives them, with what it gives. */
export function proposeView({ datasets }: Pick<Permit, 'datasets'>): ViewProposal {
  const patients = datasets.find(({ type }) => type === 'Patient');
  const [first] = datasets;
  if (patients !== undefined) {
    const parts = patients.elements.flatMap((element) =>
      element === 'gender' || element === 'birthDate' ? [ofPatients[element]] : [],
    );
    return {
      view: viewOf(
        'Patient',
        'getResourceKey()',
        parts.map(({ column }) => column),
      ),
      columns: parts.map(({ meaning }) => meaning),
    };
  }
  const type = first?.type ?? 'Patient';
  const subject = type === 'AllergyIntolerance' || type === 'Immunization' ? 'patient' : 'subject';
  return { view: viewOf(type, `${subject}.getReferenceKey(Patient)`, []), columns: [] };
}

function viewOf(resource: string, person: string, columns: readonly object[]): object {
  return { resource, select: [{ column: [{ name: 'person', path: person }, ...columns] }] };
}
