import { identifierSystems } from '@samenhang/data-model';
import type { BenchmarkOptions, BenchmarkResult } from '../benchmarks.js';
import { measure } from '../localisation/measure.js';
import { bgzBundle } from './bgz-bundle.js';
import { generatedPatient, type GeneratedPatient } from './generated-patients.js';
import { HolderClient } from './holder-client.js';
import { startHolder } from './holder-under-test.js';
import { seedRecord } from './seed-record.js';

const DEFAULT_RESOURCES = 50_000;
const PATIENTS_OF_100 = 200;
const PATIENTS_OF_500 = 20;
const WARM_UP = 400;
const FORM = 'application/x-www-form-urlencoded';

interface Work {
  readonly name: string;
  /** How often a second it is done at least: the number of requests is chosen before, not the time. */
  readonly expectedRate: number;
  readonly ask: (patient: GeneratedPatient, number: number) => Promise<string>;
  readonly patients: readonly GeneratedPatient[];
  /** What every answer holds. */
  readonly holds: string;
}

/** Reads and searches at one data holder over HTTP: token, policy, consent and audit are in every figure. */
export async function measureHolder(options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const holder = await startHolder(options.portBase);
  try {
    const hundreds = range(PATIENTS_OF_100).map((number) => generatedPatient(number, 100));
    const larger = range(PATIENTS_OF_500).map((number) => generatedPatient(1_000 + number, 499));
    const resources = await seedRecord(
      holder,
      [...hundreds, ...larger],
      options.resources ?? DEFAULT_RESOURCES,
    );
    const client = await HolderClient.create(holder);
    const wanted = worksOf(client, hundreds, larger).filter(
      ({ name }) => options.only === undefined || options.only.includes(name),
    );
    const results: BenchmarkResult[] = [];
    for (const work of wanted) {
      await measure(requestsOf(work, Math.min(WARM_UP, work.expectedRate * 4)), 4, () => holder.usage());
      for (const concurrency of [1, 8]) {
        const requests = requestsOf(work, Math.ceil((work.expectedRate * options.seconds) / 2));
        const { perSecond, p50Ms, p99Ms, cpuMs } = await measure(requests, concurrency, () => holder.usage());
        results.push({
          name: work.name,
          concurrency,
          resources,
          perSecond,
          rps: perSecond,
          p50: p50Ms,
          p99: p99Ms,
          cpuMs,
          cpuMsApp: cpuMs.app,
          cpuMsDb: cpuMs.database,
        });
      }
    }
    return results;
  } finally {
    await holder.stop();
  }
}

function worksOf(
  client: HolderClient,
  hundreds: readonly GeneratedPatient[],
  larger: readonly GeneratedPatient[],
): Work[] {
  const bsn = (patient: GeneratedPatient): string => `${identifierSystems.bsn}|${patient.bsn}`;
  const everything = (patient: GeneratedPatient): Promise<string> =>
    client.post(
      '/Patient/$everything',
      'application/fhir+json',
      JSON.stringify({
        resourceType: 'Parameters',
        parameter: [
          { name: 'patient', valueIdentifier: { system: identifierSystems.bsn, value: patient.bsn } },
        ],
      }),
    );
  const code = (number: number): string => `http%3A%2F%2Floinc.org%7C${2000 + (number % 20)}-3`;
  return [
    {
      name: 'read',
      expectedRate: 300,
      patients: hundreds,
      holds: '"resourceType":"Observation"',
      ask: ({ id }, number) => client.ask(`/Observation/${id}-laboratory-${number % 40}`),
    },
    {
      name: 'search-identifier',
      expectedRate: 300,
      patients: hundreds,
      holds: '"total":1',
      ask: (patient) =>
        client.post('/Patient/_search', FORM, `identifier=${encodeURIComponent(bsn(patient))}`),
    },
    {
      name: 'search-patient-code',
      expectedRate: 200,
      patients: hundreds,
      holds: '"total":2',
      ask: ({ id }, number) =>
        client.ask(`/Observation?patient=Patient/${id}&code=${code(number)}&_sort=-date&_count=20`),
    },
    {
      name: 'search-code-date',
      expectedRate: 200,
      patients: hundreds,
      holds: '"type":"searchset"',
      ask: ({ id }, number) =>
        client.ask(`/Observation?patient=Patient/${id}&code=${code(number)}&date=ge2019&date=lt2024`),
    },
    { name: 'everything', expectedRate: 100, patients: hundreds, holds: '"total":101', ask: everything },
    { name: 'everything-500', expectedRate: 50, patients: larger, holds: '"total":500', ask: everything },
    {
      name: 'bgz-500',
      expectedRate: 40,
      patients: larger,
      holds: '"type":"batch-response"',
      ask: (patient) => client.post('', 'application/fhir+json', bgzBundle(bsn(patient))),
    },
  ];
}

/** Another patient each time; an answer that is not what was asked for ends the benchmark. */
function requestsOf({ name, ask, patients, holds }: Work, count: number): (() => Promise<void>)[] {
  return range(count).map((number) => async () => {
    const patient = patients[number % patients.length];
    if (patient === undefined) return;
    const text = await ask(patient, number);
    if (!text.includes(holds)) throw new Error(`The answer to ${name} is not what was asked for`);
  });
}

const range = (length: number): number[] => Array.from({ length }, (_unused, index) => index);
