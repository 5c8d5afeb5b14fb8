import { PatientBinding, toBindingText } from '@samenhang/identity';
import { getBsn, toPatientIdentifier, type Bsn } from '@samenhang/patient-identity';
import { withClient } from '@samenhang/persistence';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consentRegisterService } from '../src/index.js';
import { patientBinding, ServiceUnderTest } from './running-service.js';

const one = getBsn('900186021');
const other = getBsn('999901370');
const binding = new PatientBinding(patientBinding);
const citizen = (bsn: Bsn, change: object = {}): object => ({
  scope: 'consent:own',
  purpose_of_use: 'PATRQT',
  patient_binding: binding.seal(toBindingText(toPatientIdentifier(bsn))),
  ...change,
});
const choice = { holder: '22222222', category: 'GGC002', decision: 'permit' };

let service: ServiceUnderTest;
beforeAll(async () => {
  service = await ServiceUnderTest.start(consentRegisterService, undefined, { STATE_RESTRICTIONS: 'false' });
});
afterAll(() => service?.stop());

const send = (claims: object, method: string, path: string, body?: unknown): Promise<Response> =>
  service.issuer.fetch(
    `${service.url}${path}`,
    { ...claims },
    body === undefined
      ? { method }
      : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  );
const choicesOf = async (bsn: Bsn): Promise<{ id: string }[]> => {
  const response = await send(citizen(bsn), 'GET', '/own/choices');
  expect(response.status).toBe(200);
  return ((await response.json()) as { choices: { id: string }[] }).choices;
};

describe('a citizen with a token of their own', () => {
  it('makes, sees and takes back a choice, and sees nobody else’s', async () => {
    const made = await send(citizen(one), 'PUT', '/own/choices', choice);
    expect(made.status).toBe(200);
    const { id } = (await made.json()) as { id: string };
    expect(await choicesOf(one)).toMatchObject([{ id, holder: { ura: '22222222' }, decision: 'permit' }]);
    expect(await choicesOf(other)).toEqual([]);
    const stolen = await send(citizen(other), 'DELETE', `/own/choices/${id}`);
    expect(stolen.status).toBe(404);
    expect(await choicesOf(one)).toHaveLength(1);
    expect((await send(citizen(one), 'DELETE', `/own/choices/${id}`)).status).toBe(204);
    expect(await choicesOf(one)).toEqual([]);
  });

  it('opts out and in again', async () => {
    const list = async (bsn: Bsn): Promise<unknown> =>
      (await send(citizen(bsn), 'GET', '/own/opt-outs')).json();
    for (const use of ['primary', 'secondary']) {
      expect((await send(citizen(one), 'PUT', `/own/opt-outs/${use}`)).status).toBe(200);
      expect(await list(one)).toMatchObject({ optOuts: [{ use }] });
      expect(await list(other)).toEqual({ optOuts: [] });
      expect((await send(citizen(one), 'DELETE', `/own/opt-outs/${use}`)).status).toBe(204);
      expect(await list(one)).toEqual({ optOuts: [] });
    }
    expect((await send(citizen(one), 'PUT', '/own/opt-outs/tertiary')).status).toBe(404);
  });

  it('cannot name another in the request', async () => {
    const named = await send(citizen(one), 'PUT', '/own/choices', { ...choice, bsn: other });
    expect(named.status).toBe(422);
    expect(await named.text()).not.toContain(other);
    expect(await choicesOf(other)).toEqual([]);
  });
});

describe('anyone else', () => {
  const routes = [
    ['GET', '/own/choices'],
    ['PUT', '/own/choices'],
    ['DELETE', '/own/choices/00000000-0000-4000-8000-000000000000'],
    ['GET', '/own/opt-outs'],
    ['PUT', '/own/opt-outs/primary'],
    ['DELETE', '/own/opt-outs/primary'],
  ] as const;
  const foreign = new PatientBinding({ key: Buffer.alloc(32, 8).toString('base64') });
  const callers: readonly (readonly [string, object])[] = [
    ['for treatment', citizen(one, { purpose_of_use: 'TREAT' })],
    ['for no purpose', citizen(one, { purpose_of_use: undefined })],
    ['for no patient', citizen(one, { patient_binding: undefined })],
    [
      'with a binding of somebody else’s making',
      citizen(one, { patient_binding: foreign.seal(toBindingText(toPatientIdentifier(one))) }),
    ],
    [
      'bound to what is no BSN',
      citizen(one, { patient_binding: binding.seal('urn:oid:2.16.528.1|900186021') }),
    ],
    ['without the scope', citizen(one, { scope: 'consent:ask' })],
    ['who administers', citizen(one, { scope: 'consent:admin' })],
  ];

  it.each(callers)('%s is refused at every route', async (_name, claims) => {
    for (const [method, path] of routes)
      expect([
        path,
        (await send(claims, method, path, method === 'PUT' ? choice : undefined)).status,
      ]).toEqual([path, 403]);
    expect(await choicesOf(one)).toEqual([]);
  });

  it('does not get at the choices of all with a scope for own ones', async () => {
    expect((await send(citizen(one), 'POST', '/choices/_search', { bsn: other })).status).toBe(403);
    expect((await send(citizen(one), 'PUT', '/opt-outs/primary', { bsn: other })).status).toBe(403);
  });

  it('is on record as refused, and who decided for themselves as done', async () => {
    await send(citizen(one), 'PUT', '/own/opt-outs/secondary');
    const { rows } = await withClient(service.database.url, (client) =>
      client.query<{ payload: string }>(
        `SELECT payload::text AS payload FROM event_log.event WHERE payload::text LIKE '%consent-change%'`,
      ),
    );
    const outcomes = rows.map(({ payload }) => payload);
    expect(outcomes.some((text) => text.includes('opted out of secondary use'))).toBe(true);
    expect(outcomes.some((text) => /"outcome":\s*"(4|denied)"/.test(text))).toBe(true);
  });
});
