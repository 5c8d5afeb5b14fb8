import { getUra } from '@samenhang/data-model';
import { describe, expect, it } from 'vitest';
import { AddressBookClient } from './address-book-client.js';

const ura = getUra('22222222');
const identifier = (value: string) => [{ system: 'http://fhir.nl/fhir/NamingSystem/ura', value }];
const organisation = { resourceType: 'Organization', identifier: identifier(ura), name: 'Hospital Noord' };
const endpoint = {
  resourceType: 'Endpoint',
  status: 'active',
  connectionType: { code: 'hl7-fhir-rest' },
  payloadMimeType: ['application/fhir+json; fhirVersion=4.0'],
  address: 'https://holder.example/fhir/',
};

function client(answer: () => Response, now: () => Date = () => new Date()) {
  const asked: { token: string; url: string }[] = [];
  const instance = new AddressBookClient<string>({
    addressBookUrl: 'http://book',
    tokens: {
      clientCredentials: async ({ audience, scope, organisation: on }) => `${audience} ${scope} ${on}`,
    },
    send: async (token, url) => {
      asked.push({ token, url });
      return answer();
    },
    cacheSeconds: 30,
    now,
  });
  return { instance, asked };
}

const bundle =
  (...resources: object[]) =>
  () =>
    Response.json({ resourceType: 'Bundle', entry: resources.map((resource) => ({ resource })) });

describe('endpointOf', () => {
  it('gives name and address without trailing slash', async () => {
    const { instance, asked } = client(bundle(organisation, endpoint));
    expect(await instance.endpointOf(ura)).toEqual({
      address: 'https://holder.example/fhir',
      organisationName: 'Hospital Noord',
    });
    expect(asked[0]?.token).toBe('http://book lrza:read undefined');
    expect(decodeURIComponent(asked[0]?.url ?? '')).toContain(
      'identifier=http://fhir.nl/fhir/NamingSystem/ura|22222222',
    );
  });

  it.each([
    ['an unknown provider', bundle()],
    ['a provider without endpoint', bundle(organisation)],
    ['an endpoint that is off', bundle(organisation, { ...endpoint, status: 'off' })],
  ])('gives nothing for %s', async (_name, answer) => {
    expect(await client(answer).instance.endpointOf(ura)).toBeUndefined();
  });

  it('takes no address of another care provider', async () => {
    const other = { ...organisation, identifier: identifier('33333333') };
    await expect(client(bundle(other, endpoint)).instance.endpointOf(ura)).rejects.toMatchObject({
      kind: 'upstream',
    });
  });

  it('asks once within the cache time, and judges the period at each use', async () => {
    let now = new Date('2026-11-22T12:00:00Z');
    const ending = { ...endpoint, period: { end: '2026-11-22T12:00:10Z' } };
    const { instance, asked } = client(bundle(organisation, ending), () => now);
    expect(await instance.endpointOf(ura)).toBeDefined();
    now = new Date('2026-11-22T12:00:11Z');
    expect(await instance.endpointOf(ura)).toBeUndefined();
    expect(asked).toHaveLength(1);
    now = new Date('2026-11-22T12:00:31Z');
    await instance.endpointOf(ura);
    expect(asked).toHaveLength(2);
  });

  it('keeps no failure', async () => {
    let failing = true;
    const { instance } = client(() =>
      failing ? new Response('', { status: 503 }) : bundle(organisation, endpoint)(),
    );
    await expect(instance.endpointOf(ura)).rejects.toMatchObject({ kind: 'unavailable' });
    failing = false;
    expect(await instance.endpointOf(ura)).toBeDefined();
  });
});
