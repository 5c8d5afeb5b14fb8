import { defaultCountingPolicy, publishShare } from '@samenhang/disclosure';
import type { HolderOutcome } from '../holders/holder-outcome.js';
import type { Permit } from '../permits/permit.js';
import { setNames, type SetName, type SetSizes } from './set-sizes.js';

/** Fewer than this are not told. */
const FEWEST = defaultCountingPolicy.minimumCell;
const ROUNDED_TO = 10;

export interface CardRow {
  readonly person: string;
  readonly set: SetName;
  readonly custodian: string;
  readonly values: Readonly<Record<string, string | null>>;
}

/** A number of persons or rows, rounded; null where it is small. */
type ToldCount = number | null;

/** What there is to know of sets before a model is made with them. */
export interface DataCard {
  readonly title: string;
  readonly purpose: string;
  readonly period: Permit['period'];
  readonly population: string;
  readonly split: { readonly by: string; readonly percentages: SetSizes };
  readonly sets: Readonly<Record<SetName, { readonly persons: ToldCount; readonly rows: ToldCount }>>;
  readonly custodians: readonly {
    readonly custodian: string;
    readonly status: string;
    readonly persons: ToldCount;
  }[];
  readonly fields: readonly {
    readonly name: string;
    readonly use: 'known' | 'sensitive';
    /** Percentage of rows that have it, in steps of five; null where few do or few do not. */
    readonly filled: number | null;
  }[];
  readonly deIdentification: readonly string[];
  readonly limits: readonly string[];
}

export interface CardFacts {
  readonly permit: Permit;
  readonly sizes: SetSizes;
  readonly rows: readonly CardRow[];
  readonly holders: readonly HolderOutcome[];
  readonly known: readonly string[];
  readonly sensitive: readonly string[];
}

export function dataCardOf({ permit, sizes, rows, holders, known, sensitive }: CardFacts): DataCard {
  const persons = (some: readonly CardRow[]) => new Set(some.map(({ person }) => person)).size;
  const setOfRows = (set: SetName) => rows.filter((row) => row.set === set);
  return {
    title: permit.title,
    purpose: permit.purpose,
    period: permit.period,
    population: permit.population === undefined ? 'all patients' : 'patients with a condition of the permit',
    split: { by: 'patient, fixed for the project', percentages: sizes },
    sets: Object.fromEntries(
      setNames.map((set) => {
        const inSet = setOfRows(set);
        return [set, { persons: told(persons(inSet)), rows: told(persons(inSet), inSet.length) }];
      }),
    ) as DataCard['sets'],
    custodians: holders.map(({ custodian, status }) => ({
      custodian,
      status,
      persons: told(persons(rows.filter((row) => row.custodian === custodian))),
    })),
    fields: [
      ...known.map((name) => ({ name, use: 'known' as const, filled: filled(rows, name) })),
      ...sensitive.map((name) => ({ name, use: 'sensitive' as const, filled: filled(rows, name) })),
    ],
    deIdentification: [
      'Persons have pseudonyms of the project only; names, identifiers, texts and notes do not leave a holder.',
      'Only codes of public code systems; years of birth, one for all of 90 and older; the first two digits of postcodes.',
      `Dates: ${permit.dates === 'shifted' ? 'days, moved by one number for each person' : permit.dates}.`,
      'Who objects to secondary use is not in it.',
    ],
    limits: limitsOf(permit, holders),
  };
}

function limitsOf({ dates }: Permit, holders: readonly HolderOutcome[]): string[] {
  const missing = holders.filter(({ status }) => status !== 'ok').map(({ custodian }) => custodian);
  return [
    'Routine data of care: what was not recorded is missing, and that is not at random.',
    'Patients who object, and those of other care providers, are missing.',
    'A person whom several custodians know has rows of each; repeated facts are not joined.',
    ...(dates === 'shifted' ? ['Seasons and days of the week mean nothing: dates are moved.'] : []),
    ...(missing.length > 0 ? [`Missing or cut off: ${missing.join(', ')}.`] : []),
  ];
}

/** Rounded, or nothing where few persons are behind it. */
function told(persons: number, count = persons): ToldCount {
  return persons < FEWEST ? null : Math.round(count / ROUNDED_TO) * ROUNDED_TO;
}

function filled(rows: readonly CardRow[], name: string): number | null {
  const [having, lacking] = [new Set<string>(), new Set<string>()];
  let count = 0;
  for (const { person, values } of rows) {
    const has = (values[name] ?? null) !== null;
    (has ? having : lacking).add(person);
    if (has) count += 1;
  }
  const share = publishShare(defaultCountingPolicy, { having, lacking, share: count / rows.length });
  return share === undefined ? null : Math.round(100 * share);
}

/** The same for people to read. */
export function writeDataCard(card: DataCard): string {
  const count = (number: ToldCount) => (number === null ? 'fewer than 10' : String(number));
  const list = (lines: readonly string[]) => lines.map((line) => `- ${line}`);
  return [
    `# ${card.title.replaceAll(/\s+/g, ' ')}`,
    '',
    `Purpose: ${card.purpose}. Period: ${card.period.from} until ${card.period.until}. Population: ${card.population}.`,
    '',
    `## Sets (split by ${card.split.by})`,
    '',
    '| set | of 100 persons | persons | rows |',
    '|---|---|---|---|',
    ...setNames.map(
      (set) =>
        `| ${set} | ${card.split.percentages[set]} | ${count(card.sets[set].persons)} | ${count(card.sets[set].rows)} |`,
    ),
    '',
    '## Custodians',
    '',
    '| custodian | answer | persons |',
    '|---|---|---|',
    ...card.custodians.map(
      ({ custodian, status, persons }) => `| ${custodian} | ${status} | ${count(persons)} |`,
    ),
    '',
    '## Fields',
    '',
    '| field | use | filled |',
    '|---|---|---|',
    ...card.fields.map(
      ({ name, use, filled: part }) => `| ${name} | ${use} | ${part === null ? 'not told' : `${part} %`} |`,
    ),
    '',
    '## De-identification',
    '',
    ...list(card.deIdentification),
    '',
    '## Known limits',
    '',
    ...list(card.limits),
    '',
  ].join('\n');
}
