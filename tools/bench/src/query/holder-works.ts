import { identifierSystems } from '@samenhang/data-model';
import { bgzBundle } from './bgz-bundle.js';
import type { GeneratedPatient } from './generated-patients.js';

/** How a server is asked. */
export interface FhirCaller {
  /** Whether it is a server as others have it: a few things are asked in another way there. */
  readonly isPeer: boolean;
  /** The text of the answer. @throws Error when it is not 200 */
  get(path: string): Promise<string>;
  post(path: string, contentType: string, body: string): Promise<string>;
}

export interface Work {
  readonly name: string;
  /** How often a second it is done at least: the number of requests is chosen before, not the time. */
  readonly expectedRate: number;
  readonly of: 'hundreds' | 'larger';
  readonly ask: (caller: FhirCaller, patient: GeneratedPatient, number: number) => Promise<string>;
  /** Whether an answer is what was asked for. */
  readonly isAnswer: (text: string) => boolean;
}

const FORM = 'application/x-www-form-urlencoded';
const FHIR = 'application/fhir+json';
const loinc = (number: number): string => `http%3A%2F%2Floinc.org%7C${2000 + (number % 20)}-3`;
const bsnOf = (patient: GeneratedPatient): string => `${identifierSystems.bsn}|${patient.bsn}`;

export const works: readonly Work[] = [
  {
    name: 'read',
    expectedRate: 300,
    of: 'hundreds',
    isAnswer: (text) => /"resourceType": ?"Observation"/.test(text),
    ask: (caller, { factId }, number) => caller.get(`/Observation/${factId('laboratory', number % 40)}`),
  },
  {
    name: 'search-identifier',
    expectedRate: 300,
    of: 'hundreds',
    isAnswer: (text) => entriesIn(text) === 1,
    ask: (caller, patient) =>
      caller.post('/Patient/_search', FORM, `identifier=${encodeURIComponent(bsnOf(patient))}`),
  },
  {
    name: 'search-patient-code',
    expectedRate: 200,
    of: 'hundreds',
    isAnswer: (text) => entriesIn(text) === 2,
    ask: (caller, { id }, number) =>
      caller.get(`/Observation?patient=Patient/${id}&code=${loinc(number)}&_sort=-date&_count=20`),
  },
  {
    name: 'search-code-date',
    expectedRate: 200,
    of: 'hundreds',
    isAnswer: (text) => /"type": ?"searchset"/.test(text),
    ask: (caller, { id }, number) =>
      caller.get(`/Observation?patient=Patient/${id}&code=${loinc(number)}&date=ge2019&date=lt2024`),
  },
  {
    name: 'everything',
    expectedRate: 100,
    of: 'hundreds',
    isAnswer: (text) => entriesIn(text) >= 101,
    ask: askEverything,
  },
  {
    name: 'everything-500',
    expectedRate: 50,
    of: 'larger',
    isAnswer: (text) => entriesIn(text) >= 500,
    ask: askEverything,
  },
  {
    name: 'bgz-500',
    expectedRate: 40,
    of: 'larger',
    isAnswer: (text) => /"type": ?"batch-response"/.test(text) && entriesIn(text) >= 150,
    ask: (caller, patient) => caller.post('', FHIR, bgzBundle(bsnOf(patient), caller.isPeer)),
  },
];

/** A holder is told who is meant by number, in the body; a peer knows a patient by id. */
function askEverything(caller: FhirCaller, patient: GeneratedPatient): Promise<string> {
  if (caller.isPeer) return caller.get(`/Patient/${patient.id}/$everything?_count=1000`);
  const parameter = [
    { name: 'patient', valueIdentifier: { system: identifierSystems.bsn, value: patient.bsn } },
  ];
  return caller.post('/Patient/$everything', FHIR, JSON.stringify({ resourceType: 'Parameters', parameter }));
}

/** Found resources, of nested answers too. */
function entriesIn(text: string): number {
  return text.split('"fullUrl"').length - 1;
}
