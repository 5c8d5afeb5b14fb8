import { createHash } from 'node:crypto';
import { identifierSystems } from '@samenhang/data-model';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DirectoryStandIn, type Version } from './directory-stand-in.js';
import { startAddressBook, type RunningAddressBook } from './running-address-book.js';

const caller = { organization_ura: '44444444', scope: 'lrza:read' };
const PATIENCE = { timeout: 30_000, interval: 50 };

let central: DirectoryStandIn;
let nursingHome: DirectoryStandIn;
let book: RunningAddressBook | undefined;
beforeEach(async () => {
  central = new DirectoryStandIn();
  nursingHome = new DirectoryStandIn();
  await Promise.all([central.start(), nursingHome.start()]);
});
afterEach(async () => {
  await book?.stop();
  book = undefined;
  await Promise.all([central.close(), nursingHome.close()]);
});

const start = async (variables: Record<string, string> = {}): Promise<RunningAddressBook> =>
  (book = await startAddressBook({
    DIRECTORY_SOURCES: `central=${central.base}`,
    DIRECTORY_INTERVAL_SECONDS: '1',
    DIRECTORY_INSECURE: 'true',
    ...variables,
  }));

const organisation = (ura: string, changes: object = {}): Version => ({
  resourceType: 'Organization',
  id: `org-${ura}`,
  identifier: [{ system: identifierSystems.ura, value: ura }],
  active: true,
  name: `Provider ${ura}`,
  endpoint: [{ reference: `Endpoint/fhir-${ura}` }],
  ...changes,
});

const endpoint = (ura: string, changes: object = {}): Version => ({
  resourceType: 'Endpoint',
  id: `fhir-${ura}`,
  status: 'active',
  connectionType: { code: 'hl7-fhir-rest' },
  managingOrganization: { reference: `Organization/org-${ura}` },
  payloadType: [{ text: 'FHIR R4' }],
  payloadMimeType: ['application/fhir+json; fhirVersion=4.0'],
  address: `https://holder.example/${ura}`,
  ...changes,
});

interface Found {
  status: number;
  names: string[];
  addresses: string[];
}

async function find(query: string): Promise<Found> {
  if (book === undefined) throw new Error('The address book is not running');
  const response = await book.issuer.fetch(`${book.url}/fhir/${query}`, caller);
  const { entry = [] } = (await response.json()) as { entry?: { resource: Record<string, unknown> }[] };
  const of = (element: string) =>
    entry.flatMap(({ resource }) => (resource[element] as string | undefined) ?? []);
  return { status: response.status, names: of('name'), addresses: of('address') };
}

const provider = (ura: string): Promise<Found> =>
  find(`Organization?identifier=${identifierSystems.ura}|${ura}&active=true&_include=Organization:endpoint`);

/** What is served, independent of when it was written. */
async function replica(): Promise<string> {
  const rows = await book?.query<{ content: string }>(
    'SELECT resource_type, id, content FROM resource ORDER BY resource_type, id',
  );
  const contents = (rows ?? []).map(({ content }) => {
    const { meta: _meta, ...rest } = JSON.parse(content) as Record<string, unknown>;
    return JSON.stringify(rest);
  });
  return `${contents.length} ${createHash('sha256').update(contents.join()).digest('hex')}`;
}

const rounds = async (count: number): Promise<void> => {
  const [row] = (await book?.query<{ at: Date }>('SELECT max(synchronised_at) AS at FROM directory')) ?? [];
  let last = row?.at.getTime() ?? 0;
  for (let round = 0; round < count; round += 1)
    last = await vi.waitFor(async () => {
      const [now] =
        (await book?.query<{ at: Date }>('SELECT max(synchronised_at) AS at FROM directory')) ?? [];
      if (now === undefined || now.at.getTime() <= last) throw new Error('Not yet');
      return now.at.getTime();
    }, PATIENCE);
};

const versions = async (): Promise<number> =>
  Number((await book?.query<{ count: string }>('SELECT count(*) FROM resource_version'))?.[0]?.count);

const alarms = async (): Promise<string[]> =>
  (
    (await book?.query<{ payload: string }>(
      `SELECT payload::text AS payload FROM event_log.event WHERE type = 'audit.recorded'`,
    )) ?? []
  ).map(({ payload }) => payload);

describe('a copy of the central directory', () => {
  it('is served once it is whole, with references that lead within it', async () => {
    central.disturb = (_url, response) => {
      response.writeHead(503).end();
      return true;
    };
    central.say(organisation('22222222'), endpoint('22222222'));
    await start();
    expect((await provider('22222222')).status).toBe(503);
    central.disturb = () => false;
    await vi.waitFor(async () => expect((await provider('22222222')).status).toBe(200), PATIENCE);
    expect(await provider('22222222')).toEqual({
      status: 200,
      names: ['Provider 22222222'],
      addresses: ['https://holder.example/22222222'],
    });
  });

  it(
    'is the same after a kill at page 3 of 10, and nothing is written by a run that finds nothing (scenario 18)',
    { timeout: 60_000 },
    async () => {
      const uras = Array.from({ length: 40 }, (_unused, index) => String(10_000_000 + index));
      for (const ura of uras) central.say(organisation(ura), endpoint(ura));
      let hangs = true;
      central.disturb = (url) => hangs && url.searchParams.get('page') === '8';
      await start({ DIRECTORY_PAGE_SIZE: '4' });
      await vi.waitFor(
        () => expect(central.requests.some(({ url }) => url.includes('page=8'))).toBe(true),
        PATIENCE,
      );
      const killed = book;
      if (killed === undefined) throw new Error('The address book is not running');
      await killed.restart();
      expect(await replica()).toMatch(/^0 /);
      hangs = false;
      await killed.restart();
      await vi.waitFor(async () => expect(await versions()).toBe(80), PATIENCE);
      const first = await replica();
      const written = await versions();
      await rounds(2);
      expect(await replica()).toBe(first);
      expect(await versions()).toBe(written);
      await book?.stop();
      await start();
      await vi.waitFor(async () => expect(await versions()).toBe(80), PATIENCE);
      expect(await replica()).toBe(first);
    },
  );

  it('waits as long as it is asked to (scenario 18)', async () => {
    central.say(organisation('22222222'));
    let refusals = 1;
    central.disturb = (_url, response) => {
      if (refusals === 0) return false;
      refusals -= 1;
      response.writeHead(429, { 'retry-after': '5' }).end();
      return true;
    };
    await start();
    await vi.waitFor(async () => expect((await provider('22222222')).status).toBe(200), PATIENCE);
    const [refused, again] = central.requests;
    expect(again?.url).toBe(refused?.url);
    expect((again?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(5_000);
  });

  it('hides what is deleted or inactive, and shows what is there again', async () => {
    central.say(organisation('22222222'), endpoint('22222222'));
    central.say(organisation('33333333'), endpoint('33333333'));
    await start();
    await vi.waitFor(async () => expect((await provider('22222222')).addresses).toHaveLength(1), PATIENCE);
    central.delete('Endpoint', 'fhir-22222222');
    central.say(organisation('33333333', { active: false }));
    await vi.waitFor(async () => expect((await provider('33333333')).names).toEqual([]), PATIENCE);
    expect((await provider('22222222')).addresses).toEqual([]);
    central.say(endpoint('22222222', { address: 'https://holder.example/new' }));
    await vi.waitFor(
      async () => expect((await provider('22222222')).addresses).toEqual(['https://holder.example/new']),
      PATIENCE,
    );
  });

  it('follows no page to another server', async () => {
    central.say(organisation('22222222'));
    central.disturb = (_url, response) => {
      const link = [{ relation: 'next', url: `${nursingHome.base}/Organization` }];
      response.end(JSON.stringify({ resourceType: 'Bundle', type: 'history', link, entry: [] }));
      return true;
    };
    await start();
    await vi.waitFor(async () => {
      const [row] = (await book?.query<{ last_failure: string }>('SELECT last_failure FROM directory')) ?? [];
      expect(row?.last_failure).toMatch(/another server/);
    }, PATIENCE);
    expect(nursingHome.requests).toEqual([]);
  });
});

describe('a directory of a care provider (federated)', () => {
  const admin = (base: string): Version =>
    endpoint('33333333', {
      id: 'admin-33333333',
      address: base,
      payloadType: [
        {
          coding: [
            {
              code: 'http://minvws.github.io/generiekefuncties-docs/CapabilityStatement/nl-gf-admin-directory-update-client',
            },
          ],
        },
      ],
    });
  const listed = (changes: object = {}): Version =>
    organisation('33333333', {
      name: 'De Linde',
      endpoint: [{ reference: 'Endpoint/admin-33333333' }],
      ...changes,
    });

  it('is found in the central one, and speaks of its own only (scenario 17)', async () => {
    central.say(organisation('22222222', { name: 'Hospital Noord' }), endpoint('22222222'));
    central.say(listed(), admin(nursingHome.base));
    nursingHome.say(organisation('33333333', { name: 'Best home of all' }), endpoint('33333333'));
    nursingHome.say(
      organisation('22222222', {
        name: 'Hospital Noord',
        id: 'spoof',
        endpoint: [{ reference: 'Endpoint/spoof' }],
      }),
      endpoint('22222222', {
        id: 'spoof',
        address: 'https://thief.example',
        managingOrganization: { reference: 'Organization/spoof' },
      }),
      {
        resourceType: 'Organization',
        id: 'ward',
        active: true,
        name: 'Ward',
        partOf: { reference: 'Organization/org-33333333' },
      },
      {
        resourceType: 'Organization',
        id: 'a',
        active: true,
        name: 'Circle',
        partOf: { reference: 'Organization/b' },
      },
      {
        resourceType: 'Organization',
        id: 'b',
        active: true,
        name: 'Circle',
        partOf: { reference: 'Organization/a' },
      },
    );
    await start();
    await vi.waitFor(
      async () => expect((await provider('33333333')).addresses).toContain('https://holder.example/33333333'),
      PATIENCE,
    );
    expect(await provider('22222222')).toEqual({
      status: 200,
      names: ['Hospital Noord'],
      addresses: ['https://holder.example/22222222'],
    });
    expect(new Set((await provider('33333333')).names)).toEqual(new Set(['De Linde']));
    expect((await find('Organization?name=Ward')).names).toEqual(['Ward']);
    expect((await find('Organization?name=Circle')).names).toEqual([]);
    const [alarm, ...more] = (await alarms()).filter((text) => text.includes('Security Alert'));
    expect(alarm).toMatch(/directory-foreign-ura/);
    expect(more).toEqual([]);
  });

  it('is forgotten at once when its care provider stops, and read anew when it is back (scenario 28)', async () => {
    central.say(listed(), admin(nursingHome.base));
    nursingHome.say(organisation('33333333'), endpoint('33333333'));
    await start();
    const own = 'https://holder.example/33333333';
    await vi.waitFor(async () => expect((await provider('33333333')).addresses).toContain(own), PATIENCE);
    central.say(listed({ active: false }));
    await vi.waitFor(
      async () => expect(await provider('33333333')).toMatchObject({ names: [], addresses: [] }),
      PATIENCE,
    );
    central.say(listed());
    await vi.waitFor(async () => expect((await provider('33333333')).addresses).toContain(own), PATIENCE);
  });

  it('that is down keeps no other waiting', async () => {
    central.say(listed(), admin(nursingHome.base), organisation('22222222'));
    nursingHome.disturb = (_url, response) => {
      response.destroy();
      return true;
    };
    await start();
    await vi.waitFor(async () => expect((await provider('22222222')).names).toHaveLength(1), PATIENCE);
    central.say(organisation('22222222', { name: 'Renamed' }));
    await vi.waitFor(async () => expect((await provider('22222222')).names).toEqual(['Renamed']), PATIENCE);
  });
});

describe('one address book that follows another', () => {
  it('has what was written there, by its history', async () => {
    const other = await startAddressBook();
    try {
      const entry = [organisation('22222222'), endpoint('22222222')].map((resource) => ({
        resource,
        request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
      }));
      const written = await other.issuer.fetch(
        `${other.url}/fhir`,
        { organization_ura: '22222222', scope: 'lrza:write' },
        {
          method: 'POST',
          headers: { 'content-type': 'application/fhir+json' },
          body: JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }),
        },
      );
      expect(written.status).toBe(200);
      await start({
        DIRECTORY_SOURCES: `central=${other.url}/fhir`,
        DIRECTORY_TOKENS: 'true',
        AUTHORISATION_SERVER_URL: other.issuer.url,
      });
      const same = book;
      if (same === undefined) throw new Error('The address book is not running');
      const ask = () =>
        other.issuer.fetch(`${same.url}/fhir/Organization?identifier=22222222`, caller, undefined, same.url);
      await vi.waitFor(async () => expect((await ask()).status).toBe(200), PATIENCE);
      expect(await (await ask()).text()).toContain('Provider 22222222');
      const forged = await other.issuer.fetch(
        `${same.url}/fhir/Organization/${((await (await ask()).json()) as { entry: { resource: { id: string } }[] }).entry[0]?.resource.id}`,
        { organization_ura: '22222222', scope: 'lrza:write' },
        {
          method: 'PUT',
          headers: { 'content-type': 'application/fhir+json' },
          body: JSON.stringify({ ...organisation('22222222'), id: 'x' }),
        },
        same.url,
      );
      expect(forged.status).toBeGreaterThanOrEqual(400);
    } finally {
      await other.stop();
    }
  });
});
