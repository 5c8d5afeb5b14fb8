import { SamenhangClient, type Fact, type PatientView } from '@samenhang/client';
import { developmentTokens } from '../installation/development-tokens.js';
import type { Installation } from '../installation/installation.js';
import type { Terminal } from '../terminal/terminal.js';
import { printTable } from '../terminal/text-table.js';
import { readBsn } from './read-bsn.js';

export interface QueryOptions {
  readonly bsn: string;
  readonly organisation?: string;
  readonly role?: string;
  readonly purpose: string;
  readonly json?: boolean;
}

const categories: readonly (readonly [string, (view: PatientView) => readonly Fact[]])[] = [
  ['problem', (view) => view.problems],
  ['allergy', (view) => view.allergies],
  ['medication', (view) => view.medication],
  ['laboratory', (view) => view.laboratoryResults],
  ['vital sign', (view) => view.vitalSigns],
  ['encounter', (view) => view.encounters],
  ['procedure', (view) => view.procedures],
  ['immunization', (view) => view.immunizations],
  ['retracted', (view) => view.retracted],
];

/** Shows one patient as a professional sees it: the facts with their sources, and what is missing. */
export async function query(
  options: QueryOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const bsn = await readBsn(options.bsn, terminal);
  const tokens = await developmentTokens(installation, {
    ...options,
    professional: true,
    scope: 'view:read',
  });
  const client = new SamenhangClient({ baseUrl: installation.urlOf('query-api'), tokens });
  const view = await client.patientView(bsn);
  if (options.json === true) terminal.print(JSON.stringify({ ...view, bundle: undefined }));
  else printView(view, terminal);
  return 0;
}

function printView(view: PatientView, terminal: Terminal): void {
  printPerson(view, terminal);
  const rows = categories.flatMap(([category, factsOf]) => factsOf(view).map((fact) => row(category, fact)));
  if (rows.length > 0) printTable(terminal, ['CATEGORY', 'DATE', 'FACT', 'VALUE', 'STATUS', 'SOURCES'], rows);
  terminal.print('');
  const sources = view.sources.map(({ custodian, custodianName, status, milliseconds }) => [
    custodian ?? 'not named',
    custodianName ?? '',
    status,
    milliseconds === undefined ? '' : `${milliseconds} ms`,
  ]);
  if (sources.length > 0) printTable(terminal, ['SOURCE', 'NAME', 'STATUS', 'TIME'], sources);
  if (view.nothingRegistered)
    terminal.print('No registrations found: no care provider has registered data of this person.');
  for (const { text } of view.missing) terminal.print(`MISSING  ${text}`);
  for (const { elements, facts } of view.conflicts) {
    terminal.print(
      `CONFLICT ${elements.join(', ')}: ${facts.map(({ label, sources: held }) => `${label} [${held.map(({ custodian }) => custodian).join(' ')}]`).join(' / ')}`,
    );
  }
}

function printPerson({ demographics }: PatientView, terminal: Terminal): void {
  if (demographics === undefined) return;
  const { name, birthDate, gender, sources } = demographics;
  const custodians = [...new Set(sources.map(({ custodian }) => custodian))].join(' ');
  terminal.print(
    `${name ?? 'No name'}, born ${birthDate ?? 'unknown'}, ${gender ?? 'gender unknown'}  [${custodians}]`,
  );
  terminal.print('');
}

function row(category: string, fact: Fact): string[] {
  const sources = [...new Set(fact.sources.map(({ custodian }) => custodian))].join(' ');
  return [category, (fact.date ?? '').slice(0, 16), fact.label, fact.value ?? '', fact.status ?? '', sources];
}
