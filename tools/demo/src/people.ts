import { passesElevenTest } from '@samenhang/patient-identity';

/** A fictional person of the demonstration. BSNs are test numbers that pass the eleven-test. */
export interface DemoPerson {
  readonly bsn: string;
  readonly givenName: string;
  readonly initials: string;
  readonly prefix: string;
  readonly familyName: string;
  readonly birthDate: string;
  readonly gender: 'female' | 'male';
  readonly street: string;
  readonly houseNumber: string;
  readonly postalCode: string;
  readonly city: string;
  /** Number of the person at each provider. */
  readonly hospitalNumber: string;
  readonly gpNumber: string;
  readonly nursingHomeNumber: string;
  readonly diabetic: boolean;
  readonly penicillinAllergy: boolean;
  readonly livesInNursingHome: boolean;
}

const names = [
  { givenName: 'Johanna', initials: 'J', prefix: 'van den', familyName: 'Testerberg', gender: 'female' },
  { givenName: 'Willem', initials: 'W', prefix: '', familyName: 'Proefstra', gender: 'male' },
  { givenName: 'Fatima', initials: 'F', prefix: 'el', familyName: 'Voorbeeld', gender: 'female' },
  { givenName: 'Pieter', initials: 'P', prefix: 'de', familyName: 'Fictie', gender: 'male' },
  { givenName: 'Saskia', initials: 'S', prefix: '', familyName: 'Demonstra', gender: 'female' },
  { givenName: 'Hendrik', initials: 'H', prefix: 'ter', familyName: 'Verzin', gender: 'male' },
  { givenName: 'Aaltje', initials: 'A', prefix: '', familyName: 'Oefening', gender: 'female' },
  { givenName: 'Mohammed', initials: 'M', prefix: '', familyName: 'Bedacht', gender: 'male' },
] as const;

/** The three persons of the acceptance scenarios come first; further ones follow from the test range. */
const scenarioNumbers = ['900186021', '999901370', '999911120'];

function* testNumbers(): Generator<string> {
  yield* scenarioNumbers;
  for (let number = 999_990_000; number < 1_000_000_000; number += 1) {
    if (passesElevenTest(String(number))) yield String(number);
  }
  for (let number = 999_900_000; number < 999_990_000; number += 1) {
    const text = String(number);
    if (passesElevenTest(text) && !scenarioNumbers.includes(text)) yield text;
  }
}

/** The same persons in every run. */
export function demoPeople(count: number): DemoPerson[] {
  const numbers = testNumbers();
  return Array.from({ length: count }, (_unused, index) => {
    const name = names[index % names.length] ?? names[0];
    const bsn = numbers.next().value as string;
    const serial = String(index + 1).padStart(5, '0');
    return {
      ...name,
      bsn,
      familyName: index < names.length ? name.familyName : `${name.familyName}-${serial}`,
      birthDate: `${1936 + ((index * 7) % 60)}-${String((index % 12) + 1).padStart(2, '0')}-${String(((index * 5) % 28) + 1).padStart(2, '0')}`,
      street: 'Teststraat',
      houseNumber: String(index + 1),
      postalCode: `90${String(10 + (index % 80))} AB`,
      city: 'Testdorp',
      hospitalNumber: `7${serial}`,
      gpNumber: `gp-${serial}`,
      nursingHomeNumber: `linde-${serial}`,
      diabetic: index % 2 === 0,
      penicillinAllergy: index % 3 === 0,
      livesInNursingHome: index % 4 === 0,
    };
  });
}
