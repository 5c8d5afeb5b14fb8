import { Parser, Store } from 'n3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { deskAt, noord, PATIENCE, people, zuid, type ProjectDesk } from './project-desk.js';
import { RunningSecondaryUseApi } from './running-secondary-use-api.js';

const health = 'http://healthdataportal.eu/ns/health#';
let api: RunningSecondaryUseApi;
let desk: ProjectDesk;

beforeAll(async () => {
  api = await RunningSecondaryUseApi.start();
  desk = deskAt(api);
}, 120_000);
afterAll(() => api?.stop());

async function catalogue(): Promise<Store> {
  const { text, status } = await desk.use('/catalogue');
  expect(status, text).toBe(200);
  const nodes = JSON.parse(text) as Record<string, { '@id'?: string; '@value'?: string }[] | string>[];
  const store = new Store();
  const write = (value: { '@id'?: string; '@value'?: string }): string =>
    value['@id'] === undefined
      ? JSON.stringify(value['@value'])
      : `<${value['@id'].replace('_:', 'urn:blank:')}>`;
  for (const { '@id': id, '@type': _, ...members } of nodes)
    for (const [name, values] of Object.entries(members))
      for (const value of values as { '@id'?: string }[])
        store.addQuads(
          new Parser().parse(`<${String(id).replace('_:', 'urn:blank:')}> <${name}> ${write(value)} .`),
        );
  return store;
}

const valuesOf = (store: Store, name: string): string[] =>
  store.getQuads(null, name, null, null).map(({ object }) => object.value);
const told = (store: Store, name: string): string[] => valuesOf(store, `${health}${name}`);

describe('The catalogue', { timeout: 120_000 }, () => {
  it('tells how much there is under a permit of its own, none of few, and nothing when that is withdrawn', async () => {
    api.platform.holders.set(noord, { persons: people(0, 120), mood: 'well' });
    api.platform.holders.set(zuid, { persons: people(50, 55), mood: 'well' });
    const permit = await desk.granted({ outputKind: 'counts', purpose: 'statistics' });
    await api.stopService();
    const settings = { CATALOGUE_PERMIT: permit, CATALOGUE_CUSTODIANS: `${noord}:V4,${zuid}:V4` };
    await api.startService(settings);
    expect(told(await catalogue(), 'numberOfUniqueIndividuals')).toEqual([]);
    await vi.waitFor(
      async () => expect(told(await catalogue(), 'numberOfUniqueIndividuals')).toHaveLength(2),
      PATIENCE,
    );
    const store = await catalogue();
    for (const individuals of told(store, 'numberOfUniqueIndividuals').map(Number)) {
      expect(individuals % 5).toBe(0);
      expect(Math.abs(individuals - 120)).toBeLessThanOrEqual(25);
    }
    expect(told(store, 'numberOfRecords')).toEqual(['120', '120']);
    expect(valuesOf(store, 'http://www.w3.org/ns/dqv#value')).toEqual(['1.00', '1.00', '1.00']);
    // It is asked once for all who read it.
    const asked = api.platform.terms.length;
    await catalogue();
    expect(api.platform.terms).toHaveLength(asked);

    expect((await desk.assess(permit, 'withdraw')).status).toBe(200);
    await api.stopService();
    await api.startService(settings);
    await catalogue();
    await catalogue();
    expect(api.platform.terms).toHaveLength(asked);
    expect(told(await catalogue(), 'numberOfRecords')).toEqual([]);
  });
});
