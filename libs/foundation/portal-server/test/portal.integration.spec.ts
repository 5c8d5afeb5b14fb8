import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '@samenhang/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendForeignFile, Sessions, startPortal, type RunningPortal } from '../src/index.js';

interface Person {
  readonly name: string;
  readonly token: string;
}

const folder = mkdtempSync(join(tmpdir(), 'samenhang-portal-'));
let portal: RunningPortal;
let aborted: Promise<void>;

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Portal</title>');
  writeFileSync(join(folder, 'assets', 'index-abc.js'), 'export {};');
  portal = await startPortal<Person>({
    name: 'test',
    webFolder: folder,
    port: 0,
    describeSession: ({ name }) => ({ name }),
    addRoutes: (routes) => {
      routes.open('POST', '/sign-in', (call) => {
        routes.startSession(call, { name: 'Vos', token: 'secret-token' });
      });
      routes.guarded('POST', '/echo', ({ session, body }) => ({ by: session.name, body }));
      routes.guarded('GET', '/things/:id', ({ parameters, query }) => ({ ...parameters, ...query }));
      routes.guarded('GET', '/refused', () => {
        throw new Failure('forbidden', 'Not for you');
      });
      routes.guarded('GET', '/broken', () => {
        throw new Error('with an inside detail');
      });
      routes.guarded('GET', '/numbers', async function* () {
        yield { number: 1 };
        yield { number: 2 };
      });
      routes.open('GET', '/file', ({ reply }) =>
        sendForeignFile(reply, {
          contentType: 'text/html',
          content: Buffer.from('<script>top.ran=1</script>'),
        }),
      );
      routes.guarded('GET', '/endless', ({ signal }) => {
        aborted = new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
        return (async function* () {
          yield { started: true };
          await aborted;
        })();
      });
    },
  });
});

afterAll(async () => {
  await portal.close();
  rmSync(folder, { recursive: true });
});

async function signIn(): Promise<{ cookie: string; csrfToken: string; setCookie: string }> {
  const response = await fetch(`${portal.url}/api/sign-in`, { method: 'POST' });
  const [setCookie = ''] = response.headers.getSetCookie();
  const cookie = setCookie.split(';', 1)[0] ?? '';
  const session = (await (await fetch(`${portal.url}/api/session`, { headers: { cookie } })).json()) as {
    csrfToken: string;
  };
  return { cookie, csrfToken: session.csrfToken, setCookie };
}

const echo = (headers: Record<string, string>) =>
  fetch(`${portal.url}/api/echo`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"a":1}',
  });

describe('pages', () => {
  it('are served for every address within the application, under a policy that allows only its own origin', async () => {
    for (const path of ['/', '/patients/timeline']) {
      const page = await fetch(`${portal.url}${path}`);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('<title>Portal</title>');
      const policy = page.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(page.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('keep their hashed files for ever, and miss what is not there', async () => {
    const script = await fetch(`${portal.url}/assets/index-abc.js`);
    expect(script.headers.get('cache-control')).toContain('immutable');
    for (const path of ['/assets/other.js', '/api/nothing', '/../package.json', '/%2e%2e/package.json'])
      expect((await fetch(`${portal.url}${path}`)).status, path).not.toBe(200);
  });
});

describe('a file that somebody else wrote', () => {
  it('is given an origin of its own, without script, and only our page may frame it', async () => {
    const file = await fetch(`${portal.url}/api/file`);
    const policy = file.headers.get('content-security-policy') ?? '';
    expect(policy.split('; ')).toEqual(['sandbox', "default-src 'none'", "frame-ancestors 'self'"]);
    expect(file.headers.get('x-content-type-options')).toBe('nosniff');
    expect(file.headers.get('content-disposition')).toBe('inline');
  });
});

describe('a session', () => {
  it('is a cookie that scripts cannot read, and says no more than it should', async () => {
    const { cookie, setCookie } = await signIn();
    expect(setCookie).toMatch(/HttpOnly/);
    expect(setCookie).toMatch(/SameSite=Strict/);
    const said = await (await fetch(`${portal.url}/api/session`, { headers: { cookie } })).text();
    expect(JSON.parse(said)).toMatchObject({ user: { name: 'Vos' } });
    expect(said).not.toContain('secret-token');
  });

  it('is not there without signing in', async () => {
    expect(await (await fetch(`${portal.url}/api/session`)).json()).toEqual({ user: null });
    expect((await echo({})).status).toBe(401);
    expect((await echo({ cookie: 'test-session=made-up' })).status).toBe(401);
  });

  it('acts only with its token, from its own page', async () => {
    const { cookie, csrfToken } = await signIn();
    const other = await signIn();
    expect((await echo({ cookie, 'x-csrf-token': csrfToken })).status).toBe(200);
    expect((await echo({ cookie })).status).toBe(403);
    expect((await echo({ cookie, 'x-csrf-token': other.csrfToken })).status).toBe(403);
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://elsewhere.example' },
    ] as Record<string, string>[])
      expect((await echo({ cookie, 'x-csrf-token': csrfToken, ...headers })).status).toBe(403);
  });

  it('ends when it is ended', async () => {
    const { cookie, csrfToken } = await signIn();
    const ended = await fetch(`${portal.url}/api/session`, {
      method: 'DELETE',
      headers: { cookie, 'x-csrf-token': csrfToken },
    });
    expect(ended.status).toBe(204);
    expect((await echo({ cookie, 'x-csrf-token': csrfToken })).status).toBe(401);
  });
});

describe('answers', () => {
  const get = async (path: string) =>
    fetch(`${portal.url}/api${path}`, { headers: { cookie: (await signIn()).cookie } });

  it('carry what the handler gave', async () => {
    expect(await (await get('/things/7?kind=x')).json()).toEqual({ id: '7', kind: 'x' });
    const stream = await get('/numbers');
    expect(stream.headers.get('content-type')).toContain('application/x-ndjson');
    expect(await stream.text()).toBe('{"number":1}\n{"number":2}\n');
  });

  it('are problem details when it refused or broke, without what is inside', async () => {
    const refused = await get('/refused');
    expect(refused.status).toBe(403);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(await refused.json()).toMatchObject({ detail: 'Not for you' });
    const broken = await get('/broken');
    expect(broken.status).toBe(500);
    expect(await broken.text()).not.toContain('inside detail');
  });

  it('stop being made when the browser goes away', async () => {
    const controller = new AbortController();
    const { cookie } = await signIn();
    const response = await fetch(`${portal.url}/api/endless`, {
      headers: { cookie },
      signal: controller.signal,
    });
    await response.body?.getReader().read();
    controller.abort();
    await aborted;
  });
});

describe('limits of sessions', () => {
  let now = 0;
  const sessions = (limits = {}) => new Sessions<string>(limits, () => now);

  it('end an idle one, and any after its longest time', () => {
    now = 0;
    const store = sessions({ idleMinutes: 10, maximumHours: 1 });
    const id = store.start('a');
    for (now = 0; now < 3_600_000; now += 9 * 60_000) expect(store.use(id)?.data).toBe('a');
    expect(store.use(id)).toBeUndefined();
    const idle = store.start('b');
    now += 10 * 60_000;
    expect(store.use(idle)).toBeUndefined();
  });

  it('let the one that was idle longest make room', () => {
    const store = sessions({ maximumCount: 2 });
    const [first, second] = [store.start('first'), store.start('second')];
    store.use(first);
    const third = store.start('third');
    expect([first, second, third].map((id) => store.use(id)?.data)).toEqual(['first', undefined, 'third']);
    expect(store.count).toBe(2);
  });
});
