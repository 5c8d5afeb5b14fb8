import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getUra } from '@samenhang/data-model';
import { policiesOfThisRelease } from '@samenhang/authorisation';
import { AccessTokens, authorisedFetch } from '@samenhang/identity';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RunningServer } from './running-server.js';

const evaluation = {
  subject: {
    type: 'user',
    id: '000095254',
    properties: {
      client_id: 'ehr',
      scope: 'holder:read',
      organization_ura: '11111111',
      organization_facility_type: 'Z3',
      user_role: '01.015',
      purpose_of_use: 'TREAT',
      treatment_relation: 'asserted',
    },
  },
  action: { name: 'search-type' },
  resource: {
    type: 'data-category',
    id: 'Condition',
    properties: { data_holder_organization_id: '22222222' },
  },
};

let folder: string;
let policies: string;
let server: RunningServer;
let tokens: AccessTokens;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'policies-'));
  policies = join(folder, 'policies.json');
  await writeFile(policies, compiled());
  server = await RunningServer.start({ POLICIES_FILE: policies });
  tokens = new AccessTokens({ issuer: server.issuer, clientId: 'pep', clientKey: server.keyOf('pep') });
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true });
});

function compiled(change: (roles: Record<string, unknown>) => void = () => {}): string {
  const { wasm, data } = policiesOfThisRelease();
  const copy = structuredClone(data) as { matrix: { roles: Record<string, unknown> } };
  change(copy.matrix.roles);
  return JSON.stringify({ wasm: Buffer.from(wasm).toString('base64'), data: JSON.stringify(copy) });
}

async function ask(path: string, body: unknown, scope = 'access:evaluate'): Promise<Response> {
  const token = await tokens.clientCredentials({
    audience: server.issuer,
    scope,
    organisation: getUra('11111111'),
  });
  return authorisedFetch(token, `${server.issuer}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

describe('the decision point for other systems', () => {
  it('is found by its configuration', async () => {
    const response = await fetch(`${server.issuer}/.well-known/authzen-configuration`);
    expect(await response.json()).toEqual({
      policy_decision_point: server.issuer,
      access_evaluation_endpoint: `${server.issuer}/access/v1/evaluation`,
      access_evaluations_endpoint: `${server.issuer}/access/v1/evaluations`,
    });
  });

  it('decides, with reasons', async () => {
    const response = await ask('/access/v1/evaluation', evaluation);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      decision: true,
      context: { reasons: [{ code: 'allowed' }] },
    });
  });

  it('decides on several, as far as the request wants', async () => {
    const properties = { ...evaluation.subject.properties, user_role: '30.000' };
    const nurse = { ...evaluation, subject: { ...evaluation.subject, properties } };
    const resources = ['ObservationLaboratory', 'Condition'].map((id) => ({
      resource: { ...evaluation.resource, id },
    }));
    const all = await ask('/access/v1/evaluations', { ...nurse, evaluations: resources });
    expect(await all.json()).toMatchObject({ evaluations: [{ decision: false }, { decision: true }] });
    const first = await ask('/access/v1/evaluations', {
      ...nurse,
      evaluations: resources,
      options: { evaluations_semantic: 'deny_on_first_deny' },
    });
    expect(((await first.json()) as { evaluations: unknown[] }).evaluations).toHaveLength(1);
  });

  it('refuses what it cannot read, and names no value', async () => {
    const response = await ask('/access/v1/evaluation', { ...evaluation, action: { name: '900186021' } });
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain('900186021');
  });

  it('answers only those who may ask', async () => {
    const request = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };
    expect((await fetch(`${server.issuer}/access/v1/evaluation`, request)).status).toBe(401);
    expect((await ask('/access/v1/evaluation', evaluation, 'view:read')).status).toBe(403);
  });
});

describe('policies that change (no restart)', () => {
  const decision = async (): Promise<unknown> =>
    ((await (await ask('/access/v1/evaluation', evaluation)).json()) as { decision: unknown }).decision;

  it('hold from then on; those that cannot be used change nothing', async () => {
    expect(await decision()).toBe(true);
    await writeFile(
      policies,
      compiled((roles) => delete roles['01']),
    );
    await vi.waitFor(async () => expect(await decision()).toBe(false), { timeout: 10_000, interval: 250 });
    await writeFile(policies, 'nonsense');
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await decision()).toBe(false);
    await writeFile(policies, compiled());
    await vi.waitFor(async () => expect(await decision()).toBe(true), { timeout: 10_000, interval: 250 });
  });
});
