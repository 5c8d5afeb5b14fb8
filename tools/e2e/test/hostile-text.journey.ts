import type { DemoPerson } from '@samenhang/demo';
import { beforeAll, describe, expect, it } from 'vitest';
import { injectionsInto, settled, type Reader } from '../src/index.js';
import { hostileFeeds, hostileText, sendHostileFeeds, type HostileFeed } from './hostile-feeds.js';
import { browser, portals, usePortals } from './portals-in-browser.js';
import { signInAsCitizen, signInAsProfessional, signInWithPassword } from './signed-in.js';

usePortals();

let about: ReadonlyMap<HostileFeed, DemoPerson>;
beforeAll(async () => {
  // The first three have a part in other stories.
  about = await sendHostileFeeds(portals.options, portals.people.slice(3));
}, 300_000);

const PATIENCE_MS = 300_000;

function personOf(feed: HostileFeed): DemoPerson {
  const person = about.get(feed);
  if (person === undefined) throw new Error(`Nothing was sent by ${feed.name}`);
  return person;
}

/** Somebody at a portal, and whatever a dialog of the browser said to them. */
async function visitor(url: string): Promise<{ reader: Reader; dialogs: string[] }> {
  const reader = await browser.reader();
  const dialogs: string[] = [];
  reader.page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await reader.page.goto(url);
  return { reader, dialogs };
}

type Visitor = Awaited<ReturnType<typeof visitor>>;

/** Text that is shown as it is, did nothing, and made nothing. */
async function expectOnlyText({ reader, dialogs }: Visitor, text: string): Promise<void> {
  await reader.page.getByText(text).first().waitFor();
  await settled(reader.page);
  expect(await injectionsInto(reader.page)).toEqual([]);
  expect([...reader.faults, ...dialogs]).toEqual([]);
}

it('what text could become is noticed', async () => {
  const { page } = await browser.reader();
  await page.setContent(`<main><img src="x"><a href=" javascript:alert(1)">a</a><p onclick="b()">c</p></main>
    <script>document.title = 'taken'</script><iframe></iframe>`);
  expect(await injectionsInto(page)).toEqual([
    expect.stringContaining('<img'),
    expect.stringContaining('<script'),
    expect.stringContaining('<iframe'),
    expect.stringContaining('A href='),
    expect.stringContaining('P onclick='),
    'the title was changed',
  ]);
});

describe('hostile text of every feed stays text', () => {
  it.each(hostileFeeds)(
    'in the viewer: $name',
    async (feed) => {
      const visit = await visitor(portals.viewerUrl);
      const { page } = visit.reader;
      await signInAsProfessional(page);
      await page.getByLabel(/BSN/).fill(personOf(feed).bsn);
      await page.getByRole('button', { name: 'Toon gegevens' }).click();
      await expectOnlyText(visit, hostileText(feed.name));
    },
    PATIENCE_MS,
  );

  it.each(hostileFeeds)(
    'in the portal of citizens: $name',
    async (feed) => {
      const visit = await visitor(portals.citizenUrl);
      await signInAsCitizen(visit.reader.page, personOf(feed).bsn);
      await expectOnlyText(visit, hostileText(feed.name));
    },
    PATIENCE_MS,
  );

  it.each(hostileFeeds)(
    'in the console, from its bytes to FHIR and back: $name',
    async ({ name, provider, sourceId }) => {
      const visit = await visitor(portals.consoleUrl);
      const { page } = visit.reader;
      await signInWithPassword(visit.reader.page, provider.ura);
      if (sourceId !== 'zis') {
        await page.goto(`${portals.consoleUrl}/sources`);
        await expectOnlyText(visit, hostileText(sourceId));
      }
      await page.goto(`${portals.consoleUrl}/sources/${sourceId}`);
      await page
        .getByRole('link', { name: /^Bericht \d+/ })
        .first()
        .click();
      const value = page.getByRole('definition').getByRole('button').getByText(hostileText(name)).first();
      await value.waitFor();
      await value.click();
      await page.getByText(/^(Uit het bericht|Uit de instellingen|Uit de vertaalregel)/).waitFor();
      await expectOnlyText(visit, hostileText(name));
    },
    PATIENCE_MS,
  );

  it.each(hostileFeeds)(
    'in an answer at the portal of developers: $name',
    async (feed) => {
      const visit = await visitor(`${portals.developerUrl}/try`);
      const { page } = visit.reader;
      await signInWithPassword(visit.reader.page, 'ontwikkelaar');
      await page.getByLabel('Inhoud').waitFor();
      const asked = await page.getByLabel('Inhoud').inputValue();
      await page.getByLabel('Inhoud').fill(asked.replaceAll(/\d{9}/g, personOf(feed).bsn));
      await page.getByRole('button', { name: 'Verstuur' }).click();
      const answer = page.getByRole('region', { name: 'Antwoord' });
      await answer.getByText('200', { exact: true }).waitFor({ timeout: 90_000 });
      // Quotation marks stand there as JSON has them.
      await expectOnlyText(visit, JSON.stringify(hostileText(feed.name)).slice(1, -1));
    },
    PATIENCE_MS,
  );
});

describe('hostile text that people write stays text', () => {
  it(
    'in an application for research, for who wrote it and who assesses it',
    async () => {
      const text = hostileText('application');
      const applicant = await visitor(`${portals.researchUrl}/application`);
      const { page } = applicant.reader;
      await signInWithPassword(applicant.reader.page, 'onderzoeker');
      await page.getByLabel('Titel').fill(text);
      await page.getByRole('group', { name: 'Patient', exact: true }).getByLabel('gender').check();
      await page.getByLabel('Van', { exact: true }).fill('2000-01-01');
      await page.getByLabel('Tot', { exact: true }).fill('2030-01-01');
      await page.getByRole('button', { name: 'Dien in' }).click();
      await page.getByRole('heading', { level: 1, name: 'application' }).waitFor();
      await expectOnlyText(applicant, text);
      await page.getByRole('navigation').getByRole('link', { name: 'Vergunningen' }).click();
      await expectOnlyText(applicant, text);

      const assessor = await visitor(`${portals.researchUrl}/assessment`);
      await signInWithPassword(assessor.reader.page, 'beoordelaar');
      await expectOnlyText(assessor, text);
    },
    PATIENCE_MS,
  );

  it(
    'in addresses, logins and names of the portals themselves',
    async () => {
      const text = encodeURIComponent(hostileText('address'));
      for (const url of [
        portals.viewerUrl,
        portals.citizenUrl,
        portals.consoleUrl,
        portals.researchUrl,
        portals.developerUrl,
      ]) {
        const visit = await visitor(`${url}/${text}?sign-in=${text}#${text}`);
        await visit.reader.page.getByRole('heading', { level: 1 }).waitFor();
        expect(await injectionsInto(visit.reader.page)).toEqual([]);
        expect([...visit.reader.faults, ...visit.dialogs]).toEqual([]);
      }
      const guess = await visitor(portals.consoleUrl);
      await guess.reader.page.getByLabel('Gebruikersnaam').fill(hostileText('login').slice(0, 90));
      await guess.reader.page.getByLabel('Wachtwoord').fill('wrong');
      await guess.reader.page.getByRole('button', { name: 'Inloggen' }).click();
      await expectOnlyText(guess, 'Login or password is wrong');
      const unknown = await visitor(`${portals.consoleUrl}/sources/${text}`);
      await signInWithPassword(unknown.reader.page, hostileFeeds[0]?.provider.ura ?? '');
      await unknown.reader.page.getByRole('heading', { level: 1, name: 'address' }).waitFor();
      await settled(unknown.reader.page);
      expect(await injectionsInto(unknown.reader.page)).toEqual([]);
    },
    PATIENCE_MS,
  );
});

/** Every portal: its address, and how somebody signs in there. */
const everyPortal: readonly {
  readonly name: string;
  readonly url: () => string;
  readonly signIn: (page: Reader['page']) => Promise<void>;
}[] = [
  { name: 'viewer', url: () => portals.viewerUrl, signIn: signInAsProfessional },
  {
    name: 'citizen',
    url: () => portals.citizenUrl,
    signIn: (page) => signInAsCitizen(page, portals.people[0]?.bsn ?? ''),
  },
  { name: 'console', url: () => portals.consoleUrl, signIn: (page) => signInWithPassword(page, 'regio') },
  {
    name: 'research',
    url: () => `${portals.researchUrl}/sign-in`,
    signIn: (page) => signInWithPassword(page, 'onderzoeker'),
  },
  {
    name: 'developer',
    url: () => `${portals.developerUrl}/try`,
    signIn: (page) => signInWithPassword(page, 'ontwikkelaar'),
  },
];

describe.each(everyPortal)('the portal $name', ({ name, url, signIn }) => {
  it('lets its pages do nothing but load and call what is its own', async () => {
    const answer = await fetch(url());
    const policy = answer.headers.get('content-security-policy') ?? '';
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "frame-ancestors 'none'",
    ])
      expect(policy).toContain(rule);
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it(
    'asks no other site, keeps its session from scripts, and is not moved by another page',
    async () => {
      const { reader } = await visitor(url());
      const { page } = reader;
      const origin = new URL(url()).origin;
      await signIn(page);
      const origins = new Set<string>();
      page.on('request', (request) => origins.add(new URL(request.url()).origin));
      await page.reload();
      for (const link of await page.getByRole('navigation').getByRole('link').all()) {
        await link.click();
        await page.getByRole('heading', { level: 1 }).waitFor();
      }
      await settled(page);
      expect([...origins]).toEqual([origin]);
      expect(reader.faults).toEqual([]);

      // The return from a login elsewhere is the one way in from another site.
      const cookies = (await page.context().cookies(origin)).filter((cookie) =>
        cookie.name.endsWith('-session'),
      );
      expect(cookies).toHaveLength(1);
      expect(cookies[0]).toMatchObject({
        name: `${name}-session`,
        httpOnly: true,
        sameSite: 'Strict',
        path: '/',
      });
      const kept = await page.evaluate<string>(
        'JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }])',
      );
      expect(kept).not.toMatch(/token|eyJ|\d{9}|session/i);

      const { request } = page.context();
      const address = `${origin}/api/session`;
      const { csrfToken, ...known } = (await (await request.get(address)).json()) as { csrfToken: string };
      expect(JSON.stringify(known)).not.toMatch(/eyJ|access_token|privateKey|"d"/);
      const attempts: Readonly<Record<string, string>>[] = [
        {},
        { 'x-csrf-token': 'guess' },
        { 'x-csrf-token': csrfToken, origin: 'https://elsewhere.example' },
        { 'x-csrf-token': csrfToken, 'sec-fetch-site': 'cross-site' },
        { 'x-csrf-token': csrfToken, 'sec-fetch-site': 'same-site' },
      ];
      for (const headers of attempts)
        expect((await request.delete(address, { headers })).status(), JSON.stringify(headers)).toBe(403);
      expect(((await (await request.get(address)).json()) as { user: unknown }).user).not.toBeNull();
      expect((await request.delete(address, { headers: { 'x-csrf-token': csrfToken } })).status()).toBe(204);
      expect(((await (await request.get(address)).json()) as { user: unknown }).user).toBeNull();
    },
    PATIENCE_MS,
  );
});
