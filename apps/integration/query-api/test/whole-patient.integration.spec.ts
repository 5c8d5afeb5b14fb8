import { dataCategorySystem, type FhirResource } from '@samenhang/data-model';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, fanOutTo } from './fan-out-set-up.js';
import { allergy, bsnA, bsnB, holding, holdingWhole, patient, StandInHolder } from './stand-in-holder.js';

const open: StandInHolder[] = [];

async function started(holder: Promise<StandInHolder>): Promise<StandInHolder> {
  open.push(await holder);
  return holder;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

const practitioner: FhirResource = { resourceType: 'Practitioner', id: 'd' };
const condition: FhirResource = {
  resourceType: 'Condition',
  id: 'c',
  subject: { reference: 'Patient/p' },
};
const lacking = (code: string, why: string): object => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'warning', code: why, details: { coding: [{ system: dataCategorySystem, code }] } }],
});
const refusing = (code: string): object => lacking(code, 'forbidden');
const idsOf = (resources: readonly { resource: FhirResource }[] | undefined): string[] =>
  (resources ?? []).map(({ resource }) => resource.id);

describe('a holder that gives a whole patient at once', () => {
  it('is asked once, for the registered categories, with the BSN in the body alone', async () => {
    const source = await started(
      StandInHolder.startWhole(holdingWhole([patient('p'), allergy('a', 'p'), practitioner])),
    );
    const [report] = await ask([source]);
    expect(report).toMatchObject({ status: 'ok', missing: [] });
    expect(idsOf(report?.resources)).toEqual(['p', 'a', 'd']);
    expect(source.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /fhir/Patient/$everything',
    ]);
    const [request] = source.seen;
    expect(request?.body).toContain(bsnA);
    expect(JSON.stringify(request?.headers)).not.toContain(bsnA);
    expect(request?.body).toContain('"valueCode":"AllergyIntolerance"');
    expect(request?.body).not.toContain('"valueCode":"Condition"');
  });

  it('says which categories it does not give', async () => {
    const source = await started(
      StandInHolder.startWhole(holdingWhole([patient('p')], refusing('AllergyIntolerance'))),
    );
    const [report] = await ask([source]);
    expect(report?.missing).toEqual([{ category: 'AllergyIntolerance', status: 'refused' }]);
  });

  it.each([
    ['timeout', [{ category: 'AllergyIntolerance', status: 'timed-out' }]],
    ['transient', [{ category: 'AllergyIntolerance', status: 'unreachable' }]],
    ['not-supported', []],
  ])('says which its own source did not give now (%s)', async (why, missing) => {
    const source = await started(
      StandInHolder.startWhole(holdingWhole([patient('p')], lacking('AllergyIntolerance', why))),
    );
    expect((await ask([source]))[0]?.missing).toEqual(missing);
  });

  it('refuses when it does not tell who the patient is', async () => {
    const source = await started(StandInHolder.startWhole(holdingWhole([], refusing('Patient'))));
    expect((await ask([source]))[0]?.status).toBe('refused');
  });

  it('is searched in pages when the patient has too much for one answer', async () => {
    const searched = holding(patient('p'), allergy('a', 'p'));
    const source = await started(
      StandInHolder.startWhole((request, reply, base) =>
        request.url.endsWith('$everything') ? reply.code(413).send('{}') : searched(request, reply, base),
      ),
    );
    const [report] = await ask([source]);
    expect(idsOf(report?.resources)).toEqual(['p', 'a']);
  });

  it.each([
    ['another patient', [patient('p'), patient('q', bsnB)]],
    ['facts of another patient', [patient('p'), allergy('a', 'q')]],
    ['facts without the patient', [allergy('a', 'p')]],
  ])('is not believed when it gives %s', async (_what, resources) => {
    const source = await started(StandInHolder.startWhole(holdingWhole(resources)));
    expect((await ask([source]))[0]).toMatchObject({ status: 'invalid', resources: [] });
  });
});

it('does not use what a holder gives beyond the categories it was asked for', async () => {
  const source = await started(
    StandInHolder.startWhole(holdingWhole([patient('p'), allergy('a', 'p'), condition])),
  );
  expect(idsOf((await ask([source]))[0]?.resources)).toEqual(['p', 'a']);
});

describe('what a holder offers', () => {
  it('is asked once in a while, not for every view', async () => {
    const source = await started(StandInHolder.startWhole(holdingWhole([patient('p')])));
    const again = await fanOutTo([source]);
    for (let view = 0; view < 3; view += 1) expect((await again())[0]?.status).toBe('ok');
    expect(source.metadata.asked).toBe(1);
    expect(source.seen).toHaveLength(3);
  });
});
