import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fhirSourceService } from '@samenhang/fhir-source';
import { runService, type RunningService } from '@samenhang/service-kit';
import { freePort } from '@samenhang/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Bundle {
  total: number;
  entry?: { resource: { id: string; meta: { lastUpdated: string; versionId: string } } }[];
  link: { relation: string; url: string }[];
}

const bsn = 'http://fhir.nl/fhir/NamingSystem/bsn';
const loaded = [
  { resourceType: 'Patient', id: 'p1', identifier: [{ system: bsn, value: '900186021' }] },
  { resourceType: 'Patient', id: 'p2' },
  { resourceType: 'Medication', id: 'm1', code: { text: 'x' } },
  {
    resourceType: 'MedicationRequest',
    id: 'r1',
    status: 'active',
    intent: 'order',
    medicationReference: { reference: 'Medication/m1' },
    subject: { reference: 'Patient/p1' },
  },
  ...['1', '2', '3'].map((id) => ({
    resourceType: 'Observation',
    id: `o${id}`,
    status: 'final',
    code: { text: 'x' },
    category: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/observation-category',
            code: id === '3' ? 'vital-signs' : 'laboratory',
          },
        ],
      },
    ],
    subject: { reference: id === '1' ? 'Patient/p2' : 'Patient/p1' },
  })),
];

describe('an open FHIR source', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fhir-source-'));
  const file = join(folder, 'resources.ndjson');
  let port: number;
  let service: RunningService;
  const start = async (): Promise<void> => {
    service = await runService(fhirSourceService, {
      PORT: String(port),
      FHIR_SOURCE_FILE: file,
      LOG_LEVEL: 'silent',
    });
  };
  const get = async <T>(path: string, init?: RequestInit): Promise<T> =>
    (await fetch(`http://127.0.0.1:${String(port)}/fhir/${path}`, init)).json() as Promise<T>;
  const ids = (bundle: Bundle): string[] => (bundle.entry ?? []).map(({ resource }) => resource.id);

  beforeAll(async () => {
    port = await freePort();
    writeFileSync(file, loaded.map((resource) => JSON.stringify(resource)).join('\n'));
    await start();
  });
  afterAll(async () => {
    await service.close();
    rmSync(folder, { recursive: true });
  });

  it('finds by patient, category, id and identifier', async () => {
    expect(ids(await get('Observation?patient=Patient/p1'))).toEqual(['o2', 'o3']);
    expect(ids(await get('Observation?subject=p1&category=laboratory'))).toEqual(['o2']);
    expect(ids(await get('Observation?_id=o1,o3'))).toEqual(['o1', 'o3']);
    const body = new URLSearchParams({ identifier: `${bsn}|900186021` });
    expect(ids(await get('Patient/_search', { method: 'POST', body }))).toEqual(['p1']);
  });

  it('sends a medication along when asked', async () => {
    const bundle = await get<Bundle>('MedicationRequest?patient=p1&_include=MedicationRequest:medication');
    expect([bundle.total, ids(bundle)]).toEqual([1, ['r1', 'm1']]);
  });

  it('pages without losing or repeating', async () => {
    const first = await get<Bundle>('Observation?_count=2');
    expect(first.total).toBe(3);
    const next = first.link.find(({ relation }) => relation === 'next')?.url ?? '';
    const second = (await (await fetch(next)).json()) as Bundle;
    expect([...ids(first), ...ids(second)].sort()).toEqual(['o1', 'o2', 'o3']);
    expect(second.link.some(({ relation }) => relation === 'next')).toBe(false);
  });

  it('tells what changed since a moment', async () => {
    const [entry] = (await get<Bundle>('Patient')).entry ?? [];
    const loadedAt = entry?.resource.meta.lastUpdated ?? '';
    expect((await get<Bundle>(`Patient?_lastUpdated=ge${loadedAt}`)).total).toBe(2);
    expect((await get<Bundle>(`Patient?_lastUpdated=gt${loadedAt}`)).total).toBe(0);
    const put = (content: object): Promise<Response> =>
      fetch(`http://127.0.0.1:${String(port)}/fhir/Patient/p2`, {
        method: 'PUT',
        headers: { 'content-type': 'application/fhir+json' },
        body: JSON.stringify(content),
      });
    expect((await put({ resourceType: 'Patient', id: 'p2' })).status).toBe(200);
    expect((await get<Bundle>(`Patient?_lastUpdated=gt${loadedAt}`)).total).toBe(0);
    const changed = await put({ resourceType: 'Patient', id: 'p2', gender: 'female' });
    expect((await changed.json()) as object).toMatchObject({ meta: { versionId: '2' }, gender: 'female' });
    expect(ids(await get(`Patient?_lastUpdated=gt${loadedAt}`))).toEqual(['p2']);
    expect((await put({ resourceType: 'Patient', id: 'p2', gender: 'x' })).status).toBe(422);
    expect((await put({ resourceType: 'Patient', id: 'p3' })).status).toBe(400);
  });

  it('comes back on its port with the times of its file', async () => {
    const before = await get<Bundle>('Patient?_id=p1');
    await service.close();
    await expect(get('Patient')).rejects.toThrow();
    await start();
    expect((await get<Bundle>('Patient?_id=p1')).entry).toEqual(before.entry);
  });

  it('describes itself and answers unknown things as the standard says', async () => {
    expect(await get('metadata')).toMatchObject({
      resourceType: 'CapabilityStatement',
      fhirVersion: '4.0.1',
    });
    expect(await get('Patient/nobody')).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ code: 'not-found' }],
    });
    expect(await get('Nothing')).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ code: 'not-found' }],
    });
  });
});
