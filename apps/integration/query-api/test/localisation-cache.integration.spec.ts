import { setTimeout as delay } from 'node:timers/promises';
import { getUra, type EventType } from '@samenhang/data-model';
import { insertEvents } from '@samenhang/event-log-postgres';
import { withClient } from '@samenhang/persistence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generalPractitioner as claims } from './claims.js';
import { RunningQueryApi } from './running-query-api.js';
import { allergy, bsnA, bsnB, holding, patient, StandInHolder } from './stand-in-holder.js';

const system = 'http://fhir.nl/fhir/NamingSystem/bsn';

let api: RunningQueryApi;
let hospital: StandInHolder;
let pharmacy: StandInHolder;

async function start(variables: Record<string, string> = {}): Promise<void> {
  api = await RunningQueryApi.start(variables);
  hospital = await StandInHolder.start(holding(patient('h'), allergy('a', 'h')));
  pharmacy = await StandInHolder.start(holding(patient('p'), allergy('b', 'p')));
  api.platform.patientHandle = 'handle-of-a';
  register(hospital);
}

const register = (...holders: readonly StandInHolder[]): void => {
  api.platform.providers = holders.map((holder) => ({
    ura: holder === hospital ? '22222222' : '44444444',
    name: 'Holder',
    address: holder.base,
    categories: ['Patient', 'AllergyIntolerance'],
  }));
};

beforeEach(() => start());
afterEach(async () => {
  await Promise.all([hospital.close(), pharmacy.close()]);
  await api.stop();
});

async function view(changes: Record<string, unknown> = {}, value = bsnA): Promise<number> {
  const body = JSON.stringify({
    resourceType: 'Parameters',
    parameter: [{ name: 'patient', valueIdentifier: { system, value } }],
  });
  const headers = { 'content-type': 'application/fhir+json' };
  const url = `${api.url}/fhir/Patient/$everything`;
  const response = await api.platform.call(url, { ...claims, ...changes }, { method: 'POST', headers, body });
  await response.body?.cancel();
  return response.status;
}

/** Asks until an answer was kept and used: the service first has to know that it heard of every change. */
async function untilKept(): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end; await delay(50)) {
    const before = api.platform.localisations;
    await view();
    if (api.platform.localisations === before) return;
  }
  throw new Error('No answer of the index was kept');
}

async function publish(type: 'localisation.registered' | 'localisation.withdrawn', handle = 'handle-of-a') {
  await withClient(api.database.url, async (client) => {
    const query = async <Row>(sql: string, parameters?: unknown[]) =>
      (await client.query(sql, parameters)).rows as Row[];
    const custodian = getUra('22222222');
    const payload = {
      patientHandle: handle,
      custodian,
      category: 'AllergyIntolerance',
      sourceId: 's',
    } as const;
    await insertEvents({ query }, 'reference-index', [{ type, key: handle, tenant: custodian, payload }]);
  });
}

/** Until the service dealt with all events. */
async function heard(): Promise<void> {
  const types: readonly EventType[] = ['localisation.registered', 'localisation.withdrawn'];
  for (const end = Date.now() + 10_000; Date.now() < end; await delay(20)) {
    const { lag } = (await (await fetch(`${api.url}/status`)).json()) as {
      lag: { type: EventType; waiting: number }[];
    };
    if (lag.filter(({ type }) => types.includes(type)).every(({ waiting }) => waiting === 0)) return;
  }
  throw new Error('The events were not dealt with');
}

describe('an answer of the index that is kept', () => {
  it('spares the index the question, while the holders are asked every time', async () => {
    await untilKept();
    const before = { localisations: api.platform.localisations, holder: hospital.seen.length };
    expect(await view()).toBe(200);
    expect(api.platform.localisations).toBe(before.localisations);
    expect(hospital.seen.length).toBeGreaterThan(before.holder);
  });

  it('ends with a withdrawal: the next question goes to that holder no more', async () => {
    register(hospital, pharmacy);
    await untilKept();
    register(pharmacy);
    await publish('localisation.withdrawn');
    await heard();
    const before = { hospital: hospital.seen.length, pharmacy: pharmacy.seen.length };
    expect(await view()).toBe(200);
    expect(hospital.seen).toHaveLength(before.hospital);
    expect(pharmacy.seen.length).toBeGreaterThan(before.pharmacy);
  });

  it('ends with a registration: the next question goes there too', async () => {
    await untilKept();
    register(hospital, pharmacy);
    await publish('localisation.registered');
    await heard();
    expect(await view()).toBe(200);
    expect(pharmacy.seen.length).toBeGreaterThan(0);
  });

  it('is not ended by changes of somebody else', async () => {
    await untilKept();
    await publish('localisation.withdrawn', 'handle-of-b');
    await heard();
    const before = api.platform.localisations;
    await view();
    expect(api.platform.localisations).toBe(before);
  });

  it('is not used when a change came while the index was answering', async () => {
    await untilKept();
    await publish('localisation.registered');
    await heard();
    register(hospital, pharmacy);
    api.platform.duringLocalisation = async () => {
      await publish('localisation.withdrawn');
      await heard();
    };
    await view();
    api.platform.duringLocalisation = undefined;
    register(pharmacy);
    const before = hospital.seen.length;
    await view();
    expect(hospital.seen).toHaveLength(before);
  });

  it.each([
    ['organisation', { organization_ura: '22222222', organization_facility_type: 'V4' }],
    ['professional', { user_id: '000000001' }],
    ['role', { user_role: '01.003' }],
  ])('serves no other %s', async (_name, other) => {
    await untilKept();
    const before = api.platform.localisations;
    await view(other);
    expect(api.platform.localisations).toBe(before + 1);
  });

  it('serves no question about somebody else', async () => {
    await untilKept();
    const before = api.platform.localisations;
    await view({}, bsnB);
    expect(api.platform.localisations).toBe(before + 1);
  });

  it('is no more once the caller may not ask', async () => {
    await untilKept();
    const before = hospital.seen.length;
    expect(await view({ treatment_relation: 'none' })).toBe(403);
    expect(await view({ scope: 'lrza:read' })).toBe(403);
    expect(hospital.seen).toHaveLength(before);
  });
});

describe('nothing is kept', () => {
  const expectAsked = async (): Promise<void> => {
    const before = api.platform.localisations;
    await view();
    await view();
    expect(api.platform.localisations).toBe(before + 2);
  };

  it('of an index that tells of no changes', async () => {
    await untilKept();
    api.platform.patientHandle = undefined;
    await publish('localisation.registered');
    await heard();
    await expectAsked();
  });

  it('and nothing used, when the events are behind', async () => {
    await untilKept();
    // An event that the service cannot deal with yet: its table is in another's hands.
    await withClient(api.database.url, async (client) => {
      await client.query('BEGIN');
      await client.query('LOCK TABLE query_api.localisation_change IN SHARE ROW EXCLUSIVE MODE');
      await publish('localisation.withdrawn', 'handle-of-b');
      await delay(6_500);
      await expectAsked();
      await client.query('ROLLBACK');
    });
  }, 30_000);

  it('beyond its age', async () => {
    await Promise.all([hospital.close(), pharmacy.close()]);
    await api.stop();
    await start({ LOCALISATION_CACHE_SECONDS: '1' });
    await untilKept();
    await delay(1_100);
    const before = api.platform.localisations;
    await view();
    expect(api.platform.localisations).toBe(before + 1);
  });

  it('when it is switched off', async () => {
    await Promise.all([hospital.close(), pharmacy.close()]);
    await api.stop();
    await start({ LOCALISATION_CACHE_SECONDS: '0' });
    await delay(2_500);
    await expectAsked();
  });
});
