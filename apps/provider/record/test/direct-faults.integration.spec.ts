import type { ServerResponse } from 'node:http';
import { identifierSystems } from '@samenhang/data-model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bgz2017Patient } from './bgz-2017-patient.js';
import { A, B, bsnOf, bundleOf, DirectHolders, impatient, outcomeOf, typesOf } from './direct-holders.js';
import type { OwnServer } from './own-server.js';
import { hospital, pharmacy } from './record-builders.js';

let holders: DirectHolders;
let stu3: OwnServer;
let r4: OwnServer;

beforeAll(async () => {
  holders = await DirectHolders.start();
  ({ stu3, r4 } = holders);
});
afterAll(() => holders?.stop());
beforeEach(() => holders.reset());

const everything: DirectHolders['everything'] = (...asked) => holders.everything(...asked);
const search: DirectHolders['search'] = (...asked) => holders.search(...asked);

describe('a server that fails', () => {
  const onCondition =
    (act: (response: ServerResponse) => void) =>
    (path: string, response: ServerResponse): true | undefined => {
      if (path !== 'Condition') return undefined;
      act(response);
      return true;
    };

  it.each([
    ['answers 500', (response: ServerResponse) => response.writeHead(500).end(), 'transient'],
    ['refuses', (response: ServerResponse) => response.writeHead(403).end(), 'forbidden'],
    [
      'redirects',
      (response: ServerResponse) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
      'transient',
    ],
    ['sends no JSON', (response: ServerResponse) => response.end('<html>'), 'transient'],
    [
      'sends no Bundle',
      (response: ServerResponse) => response.end('{"resourceType":"Patient"}'),
      'transient',
    ],
    [
      'leads to another server',
      (response: ServerResponse) =>
        response.end(
          '{"resourceType":"Bundle","link":[{"relation":"next","url":"http://127.0.0.1:9/fhir/Condition"}]}',
        ),
      'transient',
    ],
    ['has no such type', (response: ServerResponse) => response.writeHead(404).end(), 'not-supported'],
  ])('on one search (%s) has that named, and the rest given', async (_name, act, code) => {
    stu3.fault = onCondition(act);
    const whole = await bundleOf(everything(hospital, A));
    expect(typesOf(whole)).not.toContain('Condition');
    expect(typesOf(whole)).toContain('AllergyIntolerance');
    expect(outcomeOf(whole)).toMatchObject([{ code, details: { coding: [{ code: 'Condition' }] } }]);
    const searched = await search(hospital, 'Condition', { 'patient.identifier': bsnOf(A) });
    expect(searched.status).toBe(code === 'not-supported' ? 200 : 503);
  });

  it(
    'late on some searches has them named, and is not waited for longer than it may take',
    { timeout: 120_000 },
    async () => {
      holders.late.fault = (path) => (path.startsWith('Condition') ? true : undefined);
      const whole = await bundleOf(everything(impatient, A));
      expect(typesOf(whole)).toEqual(['AllergyIntolerance', 'Patient']);
      expect(outcomeOf(whole)).toEqual(
        expect.arrayContaining([expect.objectContaining({ code: 'timeout' })]) as unknown,
      );
      holders.late.fault = () => true;
      expect((await everything(impatient, A)).status).toBe(504);
    },
  );

  it('altogether gives nothing', async () => {
    r4.fault = (_path, response) => (response.destroy(), true);
    expect((await everything(pharmacy, A)).status).toBe(503);
  });
});

describe('a server that lies', () => {
  const bundle = (...resources: object[]): string =>
    JSON.stringify({ resourceType: 'Bundle', entry: resources.map((resource) => ({ resource })) });
  const other = bgz2017Patient('p2', B);
  const [otherPatient, otherProblem] = other;
  const lie =
    (path: string, text: () => string) =>
    (asked: string, response: ServerResponse): true | undefined => {
      if (asked !== path) return undefined;
      response.end(text());
      return true;
    };
  const fact = (id: string, subject: object): object => ({ ...otherProblem, id, subject });

  it.each([
    ['another Patient', lie('Patient/_search', () => bundle({ ...otherPatient }))],
    ['another Patient beside the right one', lie('Flag', () => bundle({ ...otherPatient }))],
    ['a fact of another patient', lie('Condition', () => bundle({ ...otherProblem }))],
    [
      'a fact about another BSN',
      lie('Condition', () => bundle(fact('c', { identifier: { system: identifierSystems.bsn, value: B } }))),
    ],
    [
      'a fact about two patients',
      lie('Condition', () =>
        bundle({ ...fact('c', { reference: 'Patient/p1' }), patient: { reference: 'Patient/p2' } }),
      ),
    ],
    [
      'a Patient with two BSNs',
      lie('Patient/_search', () =>
        bundle({
          ...otherPatient,
          identifier: [A, B].map((value) => ({ system: identifierSystems.bsn, value })),
        }),
      ),
    ],
    ['a Patient called by the BSN', lie('Patient/_search', () => bundle({ ...bgz2017Patient(A, A)[0] }))],
    ['a resource without an id', lie('Flag', () => bundle({ resourceType: 'Flag' }))],
    [
      'pages without end',
      (path: string, response: ServerResponse): true | undefined => {
        if (!path.startsWith('Flag')) return undefined;
        response.end(
          `{"resourceType":"Bundle","link":[{"relation":"next","url":"${stu3.base}/Flag?page=1"}]}`,
        );
        return true;
      },
    ],
    ['more than it may', lie('Flag', () => `{"resourceType":"Bundle","language":"${'x'.repeat(250_000)}"}`)],
  ])('with %s is believed in nothing', async (_name, fault) => {
    stu3.fault = fault;
    const response = await everything(hospital, A);
    expect(response.status).toBe(502);
    const text = await response.text();
    expect(text).not.toContain(B);
    expect(text).not.toContain('"Condition"');
    expect(stu3.requests.filter((request) => request.includes(A) || request.includes(B))).toEqual([]);
  });
});
