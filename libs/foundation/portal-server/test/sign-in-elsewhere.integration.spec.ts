import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '@samenhang/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPortal, type RunningPortal } from '../src/index.js';

const folder = mkdtempSync(join(tmpdir(), 'samenhang-portal-'));
let portal: RunningPortal;
let begun = 0;

beforeAll(async () => {
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Portal</title>');
  portal = await startPortal<{ readonly name: string }>({
    name: 'test',
    webFolder: folder,
    port: 0,
    describeSession: ({ name }) => ({ name }),
    addRoutes: (routes) =>
      routes.signInElsewhere<{ readonly state: string }>({
        begin: async () => {
          begun += 1;
          const state = `state-${begun}`;
          return { address: `https://login.example/?state=${state}`, errand: { state } };
        },
        finish: async ({ state }, query) => {
          if (query.get('error') === 'access_denied') throw new Failure('forbidden', 'They said no');
          if (query.get('state') !== state) throw new Failure('invalid', 'Another errand');
          return { name: query.get('code') ?? '' };
        },
      }),
  });
});

afterAll(async () => {
  await portal.close();
  rmSync(folder, { recursive: true });
});

const cookiePair = (text = ''): string => text.split(';', 1)[0] ?? '';

async function leave(): Promise<{ setCookie: string; cookie: string; state: string }> {
  const response = await fetch(`${portal.url}/api/sign-in`, { redirect: 'manual' });
  expect(response.status).toBe(303);
  const [setCookie = ''] = response.headers.getSetCookie();
  const state = new URL(response.headers.get('location') ?? '').searchParams.get('state') ?? '';
  return { setCookie, cookie: cookiePair(setCookie), state };
}

const comeBack = (query: Record<string, string>, cookie?: string): Promise<Response> =>
  fetch(`${portal.url}/api/return?${new URLSearchParams(query).toString()}`, {
    redirect: 'manual',
    headers: cookie === undefined ? {} : { cookie },
  });

function sessionCookieOf(response: Response): string | undefined {
  return response.headers.getSetCookie().find((text) => text.startsWith('test-session='));
}

async function expectNobody(response: Response, outcome: string): Promise<void> {
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toBe(`/?sign-in=${outcome}`);
  expect(sessionCookieOf(response)).toBeUndefined();
}

describe('signing in at another site', () => {
  it('begins a session for who comes back, in a cookie that no other site can send along', async () => {
    const { cookie, setCookie, state } = await leave();
    expect(setCookie).toMatch(
      /^test-sign-in=[\w-]{43}; Max-Age=900; Path=\/api\/return; HttpOnly; SameSite=Lax/,
    );
    const response = await comeBack({ state, code: 'Vos' }, cookie);
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/');
    const started = sessionCookieOf(response) ?? '';
    expect(started).toMatch(/HttpOnly; SameSite=Strict/);
    const session = await fetch(`${portal.url}/api/session`, { headers: { cookie: cookiePair(started) } });
    expect(await session.json()).toMatchObject({ user: { name: 'Vos' } });
  });

  it('works once', async () => {
    const { cookie, state } = await leave();
    expect(sessionCookieOf(await comeBack({ state, code: 'Vos' }, cookie))).toBeDefined();
    await expectNobody(await comeBack({ state, code: 'Vos' }, cookie), 'failed');
  });

  it('is of no use in another browser, nor with what another began', async () => {
    const [mine, theirs] = [await leave(), await leave()];
    await expectNobody(await comeBack({ state: mine.state, code: 'Vos' }), 'failed');
    await expectNobody(await comeBack({ state: mine.state, code: 'Vos' }, 'test-sign-in=guess'), 'failed');
    await expectNobody(await comeBack({ state: theirs.state, code: 'Vos' }, mine.cookie), 'failed');
  });

  it('says that somebody chose not to', async () => {
    const { cookie, state } = await leave();
    await expectNobody(await comeBack({ state, error: 'access_denied' }, cookie), 'refused');
  });
});
