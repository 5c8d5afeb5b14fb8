import { validateResource } from '@samenhang/fhir-r4';
import { validate, validatorAbsence } from '@samenhang/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { A, B, bsnOf, bundleOf, DirectHolders, outcomeOf, typesOf } from './direct-holders.js';
import type { OwnServer } from './own-server.js';
import { hospital, pharmacy } from './record-builders.js';
import { generalPractitioner } from './stand-in-trust.js';

let holders: DirectHolders;
let stu3: OwnServer;

beforeAll(async () => {
  holders = await DirectHolders.start();
  ({ stu3 } = holders);
});
afterAll(() => holders?.stop());
beforeEach(() => holders.reset());

const everything: DirectHolders['everything'] = (...asked) => holders.everything(...asked);
const search: DirectHolders['search'] = (...asked) => holders.search(...asked);

describe('a server of FHIR STU3 in the profiles of BgZ 2017', () => {
  it('is asked live, and gives nl-core of the one patient; nothing is kept', async () => {
    const whole = await bundleOf(everything(hospital, A));
    expect(typesOf(whole)).toEqual([
      'AllergyIntolerance',
      'Condition',
      'Flag',
      'MedicationStatement',
      'Observation',
      'Observation',
      'Observation',
      'Patient',
    ]);
    expect(typesOf(whole, 'include')).toEqual(['Medication']);
    const problem = whole.entry
      ?.map(({ resource }) => resource)
      .find(({ resourceType }) => resourceType === 'Condition');
    expect(problem).toMatchObject({
      clinicalStatus: { coding: [{ code: 'active' }] },
      meta: {
        source: expect.stringContaining(`/${hospital}/epd#Condition/p1-problem`) as string,
        profile: ['http://nictiz.nl/fhir/StructureDefinition/nl-core-Problem'],
      },
      onsetDateTime: '2018-02',
    });
    expect(JSON.stringify(whole)).not.toContain(B);
    expect(await holders.stored()).toEqual({ resources: 0, patients: 0 });
  });

  it('learns the BSN in a body only, with its own token', async () => {
    await bundleOf(everything(hospital, A));
    expect(stu3.requests.length).toBeGreaterThan(10);
    expect(stu3.requests.filter((request) => request.includes(A))).toEqual([]);
    expect([...stu3.authorisations]).toEqual(['Bearer secret-of-the-hospital']);
  });

  it('is asked for what may be given, and for nothing else', async () => {
    expect(typesOf(await bundleOf(everything(hospital, A, ['AllergyIntolerance'])))).toEqual([
      'AllergyIntolerance',
      'Patient',
    ]);
    expect(stu3.paths.map((path) => path.split('?')[0])).toEqual(
      expect.not.arrayContaining(['Condition', 'Observation/$lastn', 'MedicationStatement']),
    );
  });

  it.each([
    ['Condition', { code: '195967001' }, ['Condition']],
    ['Condition', { code: '73211009' }, []],
    ['Observation', { category: 'laboratory' }, ['Observation', 'Observation']],
    ['Observation', { category: 'laboratory', date: 'ge2026-04' }, ['Observation']],
    ['Observation', { category: 'laboratory', 'value-quantity': 'gt6' }, ['Observation']],
    ['Flag', {}, ['Flag']],
    ['MedicationStatement', { _include: 'MedicationStatement:medication' }, ['MedicationStatement']],
    ['Immunization', {}, []],
  ])('answers a search of %s by %j as a record would', async (type, criteria, expected) => {
    const found = await bundleOf(search(hospital, type, { 'patient.identifier': bsnOf(A), ...criteria }));
    expect(typesOf(found)).toEqual(expected);
    expect(typesOf(found, 'include')).toEqual('_include' in criteria ? ['Medication'] : []);
  });

  it('is paged through, and asked without $lastn where it has no such operation', async () => {
    stu3.offersLastn = false;
    stu3.pageSize = 1;
    expect(
      typesOf(
        await bundleOf(
          search(hospital, 'Observation', { 'patient.identifier': bsnOf(A), category: 'laboratory' }),
        ),
      ),
    ).toHaveLength(2);
  });

  it('tells whose each fact is, and which source stated it', async () => {
    const found = await bundleOf(
      search(hospital, 'Condition', { 'patient.identifier': bsnOf(A), _revinclude: 'Provenance:target' }),
    );
    const provenance = found.entry?.find(({ search: { mode } }) => mode === 'include')?.resource;
    expect(provenance).toMatchObject({
      agent: [{ who: { identifier: { value: hospital } } }, {}],
      entity: [{ what: { display: 'epd' } }],
    });
  });

  it('says what it offers: nothing by id, nothing of the past', async () => {
    const statement = (await (await fetch(`${holders.baseOf(hospital)}/metadata`)).json()) as {
      rest: {
        resource: { type: string; interaction: { code: string }[]; operation?: { name: string }[] }[];
      }[];
    };
    expect(validateResource(statement)).toEqual([]);
    const resources = statement.rest[0]?.resource ?? [];
    const condition = resources.find(({ type }) => type === 'Condition');
    expect(condition?.interaction).toEqual([{ code: 'search-type' }]);
    expect(resources.find(({ type }) => type === 'Patient')?.operation?.map(({ name }) => name)).toContain(
      'everything',
    );
  });
});

describe('the guard before it', () => {
  it('asks the server nothing without permission, and records the attempt', async () => {
    holders.record.trust.consent = 'Deny';
    const before = (await holders.audited()).length;
    expect((await everything(hospital, A)).status).toBe(403);
    expect((await everything(hospital, A, [], { ...generalPractitioner, user_role: '99.999' })).status).toBe(
      403,
    );
    expect(stu3.requests).toEqual([]);
    expect((await holders.audited()).length).toBe(before + 2);
  });

  it('records the access, and that it failed', async () => {
    const outcomes = async (): Promise<unknown[]> =>
      (await holders.audited()).map(({ auditEvent }) => auditEvent['outcome']).slice(-2);
    await bundleOf(everything(hospital, A));
    stu3.fault = (_path, response) => (response.writeHead(500).end(), true);
    expect((await everything(hospital, A)).status).toBe(503);
    expect(await outcomes()).toEqual(['0', '8']);
  });

  it('gives nothing of a category that consent leaves out', async () => {
    const permitted = await bundleOf(everything(hospital, A));
    expect(typesOf(permitted)).toContain('MedicationStatement');
    holders.record.trust.consentOf.set('GGC012', 'Deny');
    const rest = await bundleOf(everything(hospital, A));
    expect(typesOf(rest).length).toBeLessThan(typesOf(permitted).length);
    expect(outcomeOf(rest)).toEqual(
      expect.arrayContaining([expect.objectContaining({ code: 'forbidden' })]) as unknown,
    );
  });
});

describe('a server of FHIR R4', () => {
  it('is asked in the same way', async () => {
    const whole = await bundleOf(everything(pharmacy, A));
    expect(typesOf(whole)).toEqual(['AllergyIntolerance', 'Patient']);
  });
});

const absence = validatorAbsence();
describe.skipIf(absence !== undefined)(
  `what the official HL7 validator finds in a live answer${absence === undefined ? '' : ` (skipped: ${absence})`}`,
  () => {
    it('nothing', { timeout: 600_000 }, async () => {
      expect(await validate([await bundleOf(everything(hospital, A))])).toEqual([]);
    });
  },
);
