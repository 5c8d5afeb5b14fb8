import { readdir, readFile } from 'node:fs/promises';
import { identifierSystems, type FhirResource } from '@samenhang/data-model';
import { validateResource } from '@samenhang/fhir-r4';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generalPractitioner as claims } from './claims.js';
import { RunningQueryApi } from './running-query-api.js';
import { bsnA } from './stand-in-holder.js';
import { subscriptionTo } from './subscribing.js';

interface Statement extends FhirResource {
  readonly rest: {
    resource: {
      type: string;
      searchParam: { name: string; type: string }[];
      searchInclude: string[];
      operation?: { name: string; definition: string }[];
    }[];
  }[];
}
interface OpenApi {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, { security?: []; requestBody?: { content: object } }>>;
}

let api: RunningQueryApi;
let statement: Statement;
let document: OpenApi;
let subscribing: Statement['rest'][number]['resource'][number] | undefined;
let subscriptionPaths: OpenApi['paths'];
const isSubscription = (path: string): boolean => path.startsWith('/fhir/Subscription');

const get = async <T>(path: string): Promise<T> => (await (await fetch(`${api.url}${path}`)).json()) as T;

beforeAll(async () => {
  api = await RunningQueryApi.start();
  const { rest, ...whole } = await get<Statement>('/fhir/metadata');
  // Subscriptions are resources of a server, not searches of a person.
  const isSearch = ({ type }: { type: string }): boolean => type !== 'Subscription';
  statement = { ...whole, rest: rest.map((one) => ({ ...one, resource: one.resource.filter(isSearch) })) };
  subscribing = rest[0]?.resource.find((one) => !isSearch(one));
  const { paths, ...described } = await get<OpenApi>('/openapi.json');
  const all = Object.entries(paths);
  document = { ...described, paths: Object.fromEntries(all.filter(([path]) => !isSubscription(path))) };
  subscriptionPaths = Object.fromEntries(all.filter(([path]) => isSubscription(path)));
});
afterAll(() => api.stop());

const naming: Readonly<Record<string, string>> = {
  Patient: 'identifier',
  Coverage: 'beneficiary.identifier',
};
const person = `${identifierSystems.bsn}|${bsnA}`;
const parameters = JSON.stringify({
  resourceType: 'Parameters',
  parameter: [
    { name: 'patient', valueIdentifier: { system: identifierSystems.bsn, value: bsnA } },
    { name: 'custodian', valueIdentifier: { system: identifierSystems.ura, value: '22222222' } },
    { name: 'document', valueUri: 'https://nowhere.example/fhir/DocumentReference/letter' },
  ],
});

/** A request as the document describes it, with no more than it must have. */
function send(
  path: string,
  contentType: string | undefined,
  form: Record<string, string> = {},
): Promise<Response> {
  const type = path.split('/')[2] ?? '';
  const body = new URLSearchParams({ [naming[type] ?? 'patient.identifier']: person, ...form }).toString();
  const request =
    contentType === undefined
      ? { method: 'GET' }
      : {
          method: 'POST',
          headers: { 'content-type': contentType, prefer: 'handling=strict' },
          body: contentType.includes('form') ? body : parameters,
        };
  return api.platform.call(`${api.url}${path.replace('{cursor}', 'e30')}`, claims, request);
}

/** There is no such page, and no such file. */
const statusOf = (path: string): number =>
  path.includes('{cursor}') ? 400 : path.endsWith('$attachment') ? 404 : 200;

describe('the CapabilityStatement', () => {
  it('is valid, and every search and parameter it names is answered', async () => {
    expect(validateResource(statement)).toEqual([]);
    for (const { type, searchParam, searchInclude } of statement.rest[0]?.resource ?? []) {
      const form = Object.fromEntries(
        searchParam.map(({ name, type: kind }) => [
          name,
          kind === 'date' ? '2026' : kind === 'quantity' ? '1' : kind === 'composite' ? 'x$1' : 'x',
        ]),
      );
      const criteria = { ...form, _include: searchInclude.join(','), _revinclude: 'Provenance:target' };
      const response = await send(`/fhir/${type}/_search`, 'application/x-www-form-urlencoded', criteria);
      expect(response.status, `${type}: ${await response.text()}`).toBe(200);
    }
  });

  it('names operations that are there and defined', async () => {
    const folder = new URL('../conformance/', import.meta.url);
    const files = (await readdir(folder)).filter((name) => name.startsWith('OperationDefinition-'));
    const definitions = await Promise.all(
      files.map(async (name) => JSON.parse(await readFile(new URL(name, folder), 'utf8')) as FhirResource),
    );
    for (const definition of definitions) expect(validateResource(definition)).toEqual([]);
    const own = new Map(definitions.map(({ url, code }) => [url, code]));
    const offered = statement.rest[0]?.resource.flatMap(({ type, operation = [] }) =>
      operation.map((one) => ({ type, ...one })),
    );
    for (const { type, name, definition } of offered ?? []) {
      if (definition.startsWith('https://samenhang')) expect(own.get(definition)).toBe(name);
      const contentType =
        type === 'Observation' ? 'application/x-www-form-urlencoded' : 'application/fhir+json';
      const path = `/fhir/${type}/$${name}`;
      expect((await send(path, contentType)).status, name).toBe(statusOf(path));
    }
    expect(offered).toHaveLength(files.length + 1);
  });
});

describe('the OpenAPI document', () => {
  it('describes what the CapabilityStatement offers, and nothing else about patients', () => {
    const offered = statement.rest[0]?.resource.flatMap(({ type, operation = [] }) => [
      `/fhir/${type}/_search`,
      ...operation.map(({ name }) => `/fhir/${type}/$${name}`),
    ]);
    const described = Object.keys(document.paths).filter((path) => /\/fhir\/[A-Z]/.test(path));
    expect(described.sort()).toEqual(offered?.sort());
  });

  it('is true of every path: what it describes is there, and asks for a token where it says so', async () => {
    expect(document.openapi).toBe('3.1.0');
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, { security, requestBody }] of Object.entries(methods)) {
        const url = `${api.url}${path.replace('{cursor}', 'e30')}`;
        const [contentType] = Object.keys(requestBody?.content ?? {});
        const headers: Record<string, string> =
          contentType === undefined ? {} : { 'content-type': contentType };
        const bare = await fetch(url, {
          method: method.toUpperCase(),
          headers,
          ...(contentType === undefined ? {} : { body: '{}' }),
        });
        expect(bare.status, path).toBe(security === undefined ? 401 : 200);
        expect((await send(path, contentType)).status, path).toBe(statusOf(path));
      }
    }
  });
});

describe('subscriptions', () => {
  it('are described in both as they are there', async () => {
    const operations = subscribing?.operation?.map(({ name }) => `/fhir/Subscription/{id}/$${name}`) ?? [];
    expect(Object.keys(subscriptionPaths).sort()).toEqual(
      ['/fhir/Subscription', '/fhir/Subscription/{id}', ...operations].sort(),
    );
    const body = subscriptionTo({ channel: { type: 'websocket' } });
    const headers = { 'content-type': 'application/fhir+json' };
    const call = (method: 'GET' | 'POST' | 'DELETE', path: string, sent?: string): Promise<Response> =>
      api.platform.call(`${api.url}${path}`, claims, {
        method,
        headers: sent === undefined ? {} : headers,
        ...(sent === undefined ? {} : { body: sent }),
      });
    const { id } = (await (await call('POST', '/fhir/Subscription', body)).json()) as { id: string };
    for (const [path, methods] of Object.entries(subscriptionPaths)) {
      const asked = Object.keys(methods).filter((name) => ['get', 'post', 'delete'].includes(name));
      for (const method of asked.filter((name) => name !== 'delete')) {
        const url = path.replace('{id}', id);
        const bare = await fetch(`${api.url}${url}`, { method: method.toUpperCase() });
        expect(bare.status, path).toBe(401);
        const post = path === '/fhir/Subscription' ? body : undefined;
        const response = await call(method === 'get' ? 'GET' : 'POST', url, post);
        expect(response.status, path).toBe(path === '/fhir/Subscription' ? 201 : 200);
      }
    }
    expect((await call('DELETE', `/fhir/Subscription/${id}`)).status).toBe(204);
  });
});

describe('the SMART configuration', () => {
  it('says where tokens are had, at the root and below the FHIR base', async () => {
    const root = await get<{ token_endpoint: string; capabilities: string[] }>(
      '/.well-known/smart-configuration',
    );
    expect(root.token_endpoint).toBe(`${api.platform.url}/token`);
    expect(root.capabilities).toContain('permission-v2');
    expect(await get('/fhir/.well-known/smart-configuration')).toEqual(root);
  });
});
