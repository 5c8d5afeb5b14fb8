import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bgz2017SourceService } from '@samenhang/fhir-source';
import { runService, type RunningService } from '@samenhang/service-kit';
import { freePort } from '@samenhang/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

interface Bundle {
  total: number;
  entry?: { resource: { resourceType: string; id: string } }[];
}

const bsn = 'http://fhir.nl/fhir/NamingSystem/bsn';
const subject = { reference: 'Patient/p1' };
const weighed = (id: string, effectiveDateTime: string): object => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
  subject,
  effectiveDateTime,
});
const held = [
  {
    resourceType: 'Patient',
    id: 'p1',
    identifier: [{ system: bsn, value: '900186021' }],
    generalPractitioner: [{ reference: 'Practitioner/visser' }],
  },
  { resourceType: 'Practitioner', id: 'visser' },
  weighed('w1', '2024-01-01'),
  weighed('w2', '2026-01-01'),
  // As STU3 has it: R4 knows no such resource.
  { resourceType: 'ProcedureRequest', id: 'planned', status: 'active', subject },
  { resourceType: 'ProcedureRequest', id: 'done', status: 'completed', subject },
  { resourceType: 'Coverage', id: 'insured', beneficiary: subject },
];

const folder = mkdtempSync(join(tmpdir(), 'bgz-2017-'));
let service: RunningService;
let base: string;

beforeAll(async () => {
  const file = join(folder, 'stu3.ndjson');
  writeFileSync(file, held.map((resource) => JSON.stringify(resource)).join('\n'));
  const port = await freePort();
  service = await runService(bgz2017SourceService, {
    PORT: String(port),
    FHIR_VERSION: 'stu3',
    FHIR_SOURCE_FILE: file,
    LOG_LEVEL: 'silent',
  });
  base = `http://127.0.0.1:${String(port)}/fhir`;
});
afterAll(async () => {
  await service?.close();
  rmSync(folder, { recursive: true });
});

async function found(path: string, form?: Readonly<Record<string, string>>): Promise<string[]> {
  const response = await fetch(
    `${base}/${path}`,
    form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) },
  );
  expect(response.status).toBe(200);
  const { entry = [] } = (await response.json()) as Bundle;
  return entry.map(({ resource }) => `${resource.resourceType}/${resource.id}`);
}

it('finds a patient by BSN in a form, with the general practitioner', async () => {
  const form = { identifier: `${bsn}|900186021`, _include: 'Patient:general-practitioner' };
  expect(await found('Patient/_search', form)).toEqual(['Patient/p1', 'Practitioner/visser']);
  expect(await found('Patient/_search', { identifier: `${bsn}|999901370` })).toEqual([]);
});

it('answers the searches of BgZ 2017', async () => {
  expect(await found('ProcedureRequest?status=active&patient=Patient/p1')).toEqual([
    'ProcedureRequest/planned',
  ]);
  expect(await found('Coverage?beneficiary=Patient/p1')).toEqual(['Coverage/insured']);
  const weight = 'code=http://loinc.org|29463-7&patient=Patient/p1';
  expect(await found(`Observation?${weight}`)).toEqual(['Observation/w1', 'Observation/w2']);
  expect(await found(`Observation/$lastn?${weight}`)).toEqual(['Observation/w2']);
  expect(await found(`Observation/$lastn?${weight.replace('p1', 'p2')}`)).toEqual([]);
});

it('refuses what it does not know, and says that it is of STU3', async () => {
  expect((await fetch(`${base}/Condition?colour=red`)).status).toBe(400);
  expect((await fetch(`${base}/Observation/w1`)).status).toBe(404);
  const statement = (await (await fetch(`${base}/metadata`)).json()) as { fhirVersion: string };
  expect(statement.fhirVersion).toBe('3.0.2');
});
