import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addSignIn,
  readSignInWays,
  startPortal,
  type PersonReader,
  type RunningPortal,
} from '@samenhang/portal-server';
import { freePort } from '@samenhang/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStaffLogin } from '../src/index.js';
import { CookieJar } from './cookie-jar.js';

interface Person {
  readonly name: string;
  readonly wards: readonly string[];
}

const persons: PersonReader<string, Person> = {
  readRights: (text) => text('ward'),
  toPerson: (name, wards) => ({ name, wards }),
};

const folder = mkdtempSync(join(tmpdir(), 'samenhang-staff-'));
const secret = 'a secret of both';
let portal: RunningPortal;
let staff: { close(): Promise<void> };

beforeAll(async () => {
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Portal</title>');
  const [portalPort, staffPort] = [await freePort(), await freePort()];
  const redirectUri = `http://127.0.0.1:${portalPort}/api/return`;
  staff = await startStaffLogin({
    port: staffPort,
    people: [
      { id: 'vos', name: 'J. Vos', roles: ['ward-a', 'ward-b', 'gardener'] },
      { id: 'dijk', name: 'M. Dijk', roles: ['gardener'] },
    ],
    clients: [{ clientId: 'test', clientSecret: secret, redirectUri }],
  });
  const ways = readSignInWays(
    'test',
    { issuer: `http://127.0.0.1:${staffPort}`, clientId: 'test', redirectUri, roleClaim: 'roles' },
    () => ({
      secret,
      roles: [
        { role: 'ward-a', ward: 'A' },
        { role: 'ward-b', ward: 'B' },
        { role: 'ward-c', ward: 'C' },
      ],
    }),
    persons,
  );
  portal = await startPortal<Person>({
    name: 'test',
    webFolder: folder,
    port: portalPort,
    describeSession: (person) => person,
    addRoutes: (routes) => addSignIn(routes, ways, (person) => person),
  });
});

afterAll(async () => {
  await portal?.close();
  await staff?.close();
  rmSync(folder, { recursive: true });
});

/** Goes where the portal leads, chooses, and comes back: to where, and as whom. */
async function signIn(person: string, decision = 'yes'): Promise<{ at: string; user: unknown }> {
  const browser = new CookieJar();
  const choice = await browser.follow(`${portal.url}/api/sign-in`);
  expect(await choice.text()).toContain('J. Vos');
  const back = await browser.follow(choice.url, { person, decision });
  const session = await browser.follow(`${portal.url}/api/session`);
  return {
    at: back.url.slice(portal.url.length),
    user: ((await session.json()) as { user: unknown }).user,
  };
}

describe('signing in at an OpenID provider', () => {
  it('begins a session with all that the roles give, and no more', async () => {
    expect(await signIn('vos')).toEqual({ at: '/', user: { name: 'J. Vos', wards: ['A', 'B'] } });
  });

  it('lets nobody in without a role here, who chose not to, or who is not there', async () => {
    expect(await signIn('dijk')).toEqual({ at: '/?sign-in=refused', user: null });
    expect(await signIn('vos', 'no')).toEqual({ at: '/?sign-in=refused', user: null });
    expect(await signIn('somebody else')).toMatchObject({ user: null });
  });

  it('has no way in by password', async () => {
    expect(await (await fetch(`${portal.url}/api/sign-in-ways`)).json()).toEqual({
      openId: true,
      password: false,
    });
    const attempt = await fetch(`${portal.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"login":"vos","password":"vos"}',
    });
    expect(attempt.status).toBe(404);
  });

  it('says on its pages what they are, in the language of the browser', async () => {
    for (const [language, words] of [
      ['nl-NL,nl;q=0.9,en;q=0.8', 'Inloggen'],
      ['en-GB,en', 'Sign in'],
    ] as const) {
      const page = await new CookieJar(language).follow(`${portal.url}/api/sign-in`);
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(await page.text()).toContain(words);
    }
  });
});
