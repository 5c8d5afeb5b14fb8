import { services } from '@samenhang/node';
import type { ServiceName } from '@samenhang/service-kit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePortBase } from '@samenhang/demo';
import { accessTable, type AccessRow } from '../src/matrix/access-table.js';
import { callers, TokenForge, type Caller } from '../src/matrix/callers.js';
import { discoverRoutes } from '../src/matrix/discover-routes.js';
import { bundleOf, factsOf } from '../src/world/fhir.js';
import { openWorld } from '../src/world/open-world.js';
import { hospital, patientA, vos } from '../src/world/people.js';
import { answerWith } from '../src/world/stand-in.js';
import type { World } from '../src/world/world.js';

const SOME_UUID = '00000000-0000-4000-8000-000000000000';
const parameters: Readonly<Record<string, string>> = {
  ura: hospital.ura,
  type: 'Condition',
  resourceType: 'Condition',
  sourceId: 'absent',
  deziNumber: vos.dezi,
  version: '999',
  name: 'absent',
  id: SOME_UUID,
};
/** What each kind of caller must get; `admitted` is anything that is neither 401 nor 403. */
const verdicts: Readonly<Record<Caller, 'admitted' | 401 | 403>> = {
  none: 401,
  'wrong audience': 401,
  'wrong scope': 403,
  'other tenant': 403,
  expired: 401,
  'other key': 401,
  right: 'admitted',
};

let world: World;
let forge: TokenForge;

beforeAll(async () => {
  world = await openWorld(await freePortBase(), () => {});
  forge = new TokenForge(world.installation);
}, 120_000);

afterAll(async () => {
  await world?.installation.close();
});

const rows = Object.entries(accessTable).flatMap(([service, table]) =>
  table.map((row) => ({ service, row, title: `${service} ${row.route}` })),
);

async function statusFor(service: string, row: AccessRow, caller: Caller): Promise<number> {
  const [method = 'GET', template = '/'] = row.route.split(' ');
  const base = world.urlOf(service as ServiceName);
  const path = template.replaceAll(/:(\w+)/g, (_, name: string) => parameters[name] ?? 'absent');
  const url = `${base}${path}`;
  const audience = {
    tenant: `${base}/tenants/${hospital.ura}/fhir`,
    citizen: `${base}/tenants/${hospital.ura}`,
    joint: `${base}/tenants/${hospital.ura}/joint/fhir`,
    service: base,
  }[row.audience ?? 'service'];
  const scopes = typeof row.scopes === 'string' ? [] : row.scopes;
  const headers = await forge.headersOf(caller, {
    audience,
    method,
    url,
    scopes,
    ...(row.audience === 'citizen' || row.of === 'citizen' ? { citizen: patientA } : {}),
  });
  const hasBody = method === 'POST' || method === 'PUT';
  const response = await fetch(url, {
    method,
    headers: hasBody ? { ...headers, 'content-type': 'application/json' } : headers,
    ...(hasBody ? { body: '{}' } : {}),
  });
  await response.arrayBuffer();
  return response.status;
}

describe('the table of access', () => {
  it('has a row for every route, and no row without one', async () => {
    const routes = await Promise.all(services.map(discoverRoutes));
    const served = routes.flat().map(({ service, method, path }) => `${service} ${method} ${path}`);
    expect(served.length).toBeGreaterThan(60);
    expect(rows.map(({ title }) => title).sort()).toEqual([...new Set(served)].sort());
  });
});

describe('who is admitted', () => {
  it.each(rows.filter(({ row }) => typeof row.scopes !== 'string'))('$title', async ({ service, row }) => {
    const applicable = callers.filter((caller) => caller !== 'other tenant' || row.ownTenant === true);
    const found: Partial<Record<Caller, number | 'admitted'>> = {};
    for (const caller of applicable) {
      const status = await statusFor(service, row, caller);
      found[caller] = status === 401 || status === 403 ? status : 'admitted';
    }
    expect(found).toEqual(Object.fromEntries(applicable.map((caller) => [caller, verdicts[caller]])));
  });

  it.each(rows.filter(({ row }) => row.scopes === 'public'))('$title: anyone', async ({ service, row }) => {
    expect([401, 403, 500]).not.toContain(await statusFor(service, row, 'none'));
  });

  it.each(rows.filter(({ row }) => row.scopes === 'secret'))(
    '$title: with the secret of the source only',
    async ({ service, row }) => {
      for (const caller of ['none', 'right'] as const)
        expect(await statusFor(service, row, caller)).toBe(401);
    },
  );
});

describe('what a good token gets by the state of consent', () => {
  const consent = ['permit', 'deny', 'cannot be asked'] as const;
  type Consent = (typeof consent)[number];

  async function withConsent(state: Consent, act: () => Promise<void>): Promise<void> {
    if (state === 'permit') return act();
    if (state === 'deny') {
      const denial = {
        bsn: patientA,
        holder: hospital,
        decision: 'deny',
        requesterCategory: 'RPZAC001',
      } as const;
      const takeBack = await world.consent.record(denial);
      return act().finally(takeBack);
    }
    const port = Number(new URL(world.urlOf('consent-register')).port);
    await world.installation.stop('consent-register');
    await world.standIn(port, answerWith(500, 'text/plain', 'broken'));
    return act().finally(async () => {
      await world.restore();
      await vi.waitFor(
        async () => expect((await world.findPatient(vos, hospital, patientA)).status).toBe(200),
        {
          timeout: 25_000,
          interval: 500,
        },
      );
    });
  }

  const expected: Readonly<Record<Consent, number>> = { permit: 200, deny: 403, 'cannot be asked': 503 };

  it.each(consent)(
    '%s: search by number, by id, by form, and read, at the holder',
    { timeout: 60_000 },
    async (state) => {
      const patient = await world.patientIdAt(vos, hospital, patientA);
      const found = await world.askHolder(vos, hospital, { path: `Condition?patient=Patient/${patient}` });
      const [condition] = factsOf(bundleOf(found));
      await withConsent(state, async () => {
        const answers = [
          await world.findPatient(vos, hospital, patientA),
          await world.askHolder(vos, hospital, { path: `Condition?patient=Patient/${patient}` }),
          await world.askHolder(vos, hospital, {
            method: 'POST',
            path: 'Condition/_search',
            form: [['patient', `Patient/${patient}`]],
          }),
          await world.askHolder(vos, hospital, { path: `Condition/${condition?.id ?? ''}` }),
          await world.askHolder(vos, hospital, { path: `Patient/${patient}` }),
        ];
        expect(answers.map(({ status }) => status)).toEqual(answers.map(() => expected[state]));
        if (state !== 'permit') for (const { text } of answers) expect(text).not.toContain('44054006');
      });
    },
  );

  it.each(consent)(
    '%s: the view of a patient holds data only with it',
    { timeout: 60_000 },
    async (state) => {
      await withConsent(state, async () => {
        const answer = await world.view(vos, patientA);
        expect(answer.text.includes('44054006')).toBe(state === 'permit');
      });
    },
  );
});
