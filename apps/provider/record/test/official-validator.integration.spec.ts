import { identifierSystems, type FhirResource } from '@samenhang/data-model';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { validate, validatorAbsence } from '@samenhang/testing';
import { bgzPatient, sharedResources } from './bgz-patient.js';
import { bgzSearches } from './bgz-searches.js';
import { hospital, message, put } from './record-builders.js';
import { RunningRecord } from './running-record.js';
import { generalPractitioner } from './stand-in-trust.js';

const absence = validatorAbsence();
const title = `what the official HL7 validator finds${absence === undefined ? '' : ` (skipped: ${absence})`}`;
const A = '900186021';

const vaccination = {
  resourceType: 'Immunization',
  id: 'pa-flu',
  status: 'completed',
  vaccineCode: { text: 'Griep' },
  patient: { reference: 'Patient/pa' },
  occurrenceDateTime: '2025-10-10',
};

let record: RunningRecord;
let base: string;

describe.skipIf(absence !== undefined)(title, () => {
  beforeAll(async () => {
    record = await RunningRecord.start(`${hospital}:V4`);
    base = `${record.url}/tenants/${hospital}/fhir`;
    const messages = [
      [...sharedResources, ...bgzPatient('pa', A)],
      [put({ ...vaccination, lotNumber: 'B2' }, 'pa')],
    ];
    for (const [index, changes] of messages.entries()) {
      const { type, key, tenant, payload } = message({ position: index + 1, changes });
      await record.log.publish({ type, key, tenant, payload });
    }
    await vi.waitFor(
      async () => expect((await get('Immunization/pa-flu')).headers.get('etag')).toBe('W/"2"'),
      { timeout: 60_000 },
    );
  });
  afterAll(() => record?.stop());

  const get = (path: string): Promise<Response> =>
    record.trust.fetch(`${base}/${path}`, base, generalPractitioner);

  it(
    'in a batch of the BgZ, in histories, in parts of resources and in the CapabilityStatement: nothing',
    { timeout: 600_000 },
    async () => {
      const named = (asked: string): string =>
        `${asked}${asked.includes('?') ? '&' : '?'}_revinclude=Provenance:target&${asked.startsWith('Patient') ? '' : 'patient.'}identifier=${encodeURIComponent(`${identifierSystems.bsn}|${A}`)}`;
      // A sample: validating is slow.
      const sample = bgzSearches.filter((_search, index) => index % 3 === 1);
      const entry = sample.map(([asked]) => ({ request: { method: 'GET', url: named(asked) } }));
      const batch = await record.trust.fetch(base, base, generalPractitioner, {
        method: 'POST',
        headers: { 'content-type': 'application/fhir+json' },
        body: JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry }),
      });
      const paths = [
        'metadata',
        'Immunization/_history?patient=pa',
        'Immunization/pa-flu/_history',
        'Condition?patient=pa&_summary=true',
        'Procedure?patient=pa&_elements=code&colour=red',
        'Observation?patient=pa&_summary=count',
      ];
      const others = await Promise.all(
        paths.map(async (path) => (await (await get(path)).json()) as FhirResource),
      );
      expect(await validate([(await batch.json()) as FhirResource, ...others])).toEqual([]);
    },
  );
});
