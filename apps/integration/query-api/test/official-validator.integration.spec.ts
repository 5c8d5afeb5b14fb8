import { join } from 'node:path';
import { identifierSystems } from '@samenhang/data-model';
import { sharedMaterial, validate, validatorAbsence } from '@samenhang/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asking, generalPractitioner } from './claims.js';
import { twoHolders } from './patient-record.js';
import { RunningQueryApi } from './running-query-api.js';
import { bsnA, holdingWhole, StandInHolder } from './stand-in-holder.js';

const categories = ['Patient', 'Condition', 'AllergyIntolerance', 'ObservationVitalSigns'] as const;
const absence = validatorAbsence();
/** The validator has to know the IPS, and what this API adds to FHIR. */
const known = [join(sharedMaterial, 'fhir-packages/ips-1.1.0'), join(import.meta.dirname, '../conformance')];

let api: RunningQueryApi;
const holders: StandInHolder[] = [];

beforeAll(async () => {
  api = await RunningQueryApi.start({ SOURCE_DEADLINE_MS: '20000' });
  const { hospital, practice } = twoHolders();
  // Said by both, so that there is something to merge and an original behind it.
  for (const record of [hospital, practice])
    record.condition('both', '44054006', '2021-05-06').observation('pulse', {
      code: '8867-4',
      category: 'vital-signs',
      date: '2026-03-01T08:00:00Z',
      value: 60,
    });
  api.platform.providers = [
    { ura: '33333333', name: 'Away', address: 'http://127.0.0.1:1/fhir', categories },
  ];
  for (const [ura, record] of [
    ['22222222', hospital],
    ['11111111', practice],
  ] as const) {
    const holder = await StandInHolder.startWhole(holdingWhole(record.resources));
    holders.push(holder);
    api.platform.providers = [
      ...api.platform.providers,
      { ura, name: `Care ${ura}`, address: holder.base, categories },
    ];
  }
});
afterAll(async () => {
  await Promise.all(holders.map((holder) => holder.close()));
  await api.stop();
});

async function answerTo(path: string, form?: Record<string, string>): Promise<object> {
  const person = { 'patient.identifier': `${identifierSystems.bsn}|${bsnA}` };
  const response = await api.platform.call(`${api.url}/fhir/${path}`, generalPractitioner, {
    method: 'POST',
    headers: {
      'content-type': form === undefined ? 'application/fhir+json' : 'application/x-www-form-urlencoded',
    },
    body: form === undefined ? asking(bsnA) : new URLSearchParams({ ...person, ...form }).toString(),
  });
  const text = await response.text();
  expect(response.status, `${path}: ${text.slice(0, 1_000)}`).toBe(200);
  return JSON.parse(text) as object;
}

describe('every kind of Bundle that the query API gives', () => {
  it.skipIf(absence !== undefined)(
    `is valid to the official HL7 validator${absence === undefined ? '' : ` (skipped: ${absence})`}`,
    { timeout: 1_200_000 },
    async () => {
      const bundles = [
        await answerTo('Patient/$everything'),
        await answerTo('Patient/$bgz'),
        await answerTo('Patient/$summary'),
        await answerTo('Condition/_search', { _revinclude: 'Provenance:target', _count: '1' }),
        await answerTo('MedicationRequest/_search', {
          _include: 'MedicationRequest:medication',
          _summary: 'true',
        }),
        await answerTo('Observation/_search', { _elements: 'code', _total: 'accurate' }),
        await answerTo('Observation/$lastn', { category: 'vital-signs' }),
      ];
      const options = known.flatMap((folder) => ['--extra', folder]);
      expect(await validate(bundles, options)).toEqual([]);
    },
  );
});
