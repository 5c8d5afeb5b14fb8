import { describe, expect, it } from 'vitest';
import { faultsInEveryWay, settled, type Reader } from '../src/index.js';
import { browser, portals, usePortals } from './portals-in-browser.js';

usePortals();

/** A page: how to come to it from the first page of its portal, and what its first heading says when it is there. */
interface PlacedPage {
  readonly name: string;
  readonly heading: RegExp | string;
  readonly path: string;
  /** What is done there before it is looked at. */
  readonly then?: (page: Reader['page']) => Promise<unknown>;
}

async function signIn({ page }: Reader, login: string): Promise<void> {
  await page.getByLabel('Gebruikersnaam').fill(login);
  await page.getByLabel('Wachtwoord').fill(portals.password);
  await page.getByRole('button', { name: 'Inloggen' }).click();
  await page.getByRole('button', { name: 'Uitloggen' }).waitFor();
}

/** Opens each page and gathers what is wrong with it; all of them are looked at, whatever is wrong with one. */
async function faultsOfPages(
  reader: Reader,
  portalUrl: string,
  pages: readonly PlacedPage[],
): Promise<string[]> {
  const { page } = reader;
  const faults: string[] = [];
  for (const { name, heading, path, then } of pages) {
    try {
      await page.goto(`${portalUrl}${path}`);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      await settled(page);
      await then?.(page);
      faults.push(...(await faultsInEveryWay(reader, name)));
    } catch (error) {
      faults.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return faults;
}

const firstOf = (page: Reader['page'], name: RegExp) => page.getByRole('link', { name }).first();
/** Many pages in one go, and other work on the same machine. */
const PATIENCE_MS = 600_000;
const NOWHERE = { path: '/nowhere/at/all', heading: 'Pagina niet gevonden' } as const;

it(
  'what is wrong with a page is noticed',
  async () => {
    const reader = await browser.reader();
    await reader.page.setContent(`<html lang="fr"><head><title>A page</title></head><body>
      <div style="width: 1500px">wide</div><h2>No first heading</h2><button style="outline: none">Press</button>
      <button></button><p style="color: #999; background: #aaa">faint</p></body></html>`);
    const faults = (await faultsInEveryWay(reader, 'bad')).join('\n');
    for (const fault of [
      'color-contrast',
      'button-name',
      'says its language is "fr"',
      '0 headings of level 1',
      '0 landmarks main',
      'a button without a name',
      'sticks out to the side at 640 pixels',
      'the focus cannot be seen at "Press"',
    ])
      expect(faults).toContain(fault);
  },
  PATIENCE_MS,
);

describe('every page is fit for anyone: of the console', () => {
  it(
    'before signing in',
    async () => {
      const reader = await browser.reader();
      expect(
        await faultsOfPages(reader, portals.consoleUrl, [
          { name: 'console-sign-in', path: '/', heading: 'Inloggen' },
          {
            name: 'console-sign-in-wrong',
            path: '/',
            heading: 'Inloggen',
            then: async (page) => {
              await page.getByLabel('Gebruikersnaam').fill('nobody');
              await page.getByLabel('Wachtwoord').fill('wrong');
              await page.getByRole('button', { name: 'Inloggen' }).click();
              await page.getByRole('alert').waitFor();
            },
          },
        ]),
      ).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'after it',
    async () => {
      const reader = await browser.reader();
      await reader.page.goto(portals.consoleUrl);
      await signIn(reader, 'regio');
      const loaded = (page: Reader['page']) => page.getByRole('row').nth(1).waitFor();
      expect(
        await faultsOfPages(reader, portals.consoleUrl, [
          { name: 'console-overview', path: '/', heading: 'Overzicht', then: loaded },
          { name: 'console-sources', path: '/sources', heading: 'Bronnen', then: loaded },
          { name: 'console-source-new', path: '/sources/new', heading: 'Bron toevoegen' },
          {
            name: 'console-source',
            path: '/sources',
            heading: 'Bronnen',
            then: async (page) => {
              await firstOf(page, /^ZIS/).click();
              await page
                .getByRole('link', { name: /^Bericht \d+/ })
                .first()
                .waitFor();
            },
          },
          { name: 'console-source-unknown', path: '/sources/none', heading: 'none' },
          {
            name: 'console-message',
            path: '/sources',
            heading: 'Bronnen',
            then: async (page) => {
              await firstOf(page, /^ZIS/).click();
              await page.getByRole('row', { name: /ORU/ }).getByRole('link').first().click();
              await page.getByRole('definition').getByRole('button').first().click();
            },
          },
          { name: 'console-message-unknown', path: '/messages/999999999', heading: /./ },
          { name: 'console-quarantine', path: '/quarantine', heading: 'Quarantaine', then: loaded },
          {
            name: 'console-quarantine-entry',
            path: '/quarantine',
            heading: 'Quarantaine',
            then: async (page) => {
              await page.getByRole('rowheader').getByRole('link').last().click();
              await page.getByRole('table', { name: 'Redenen' }).waitFor();
            },
          },
          { name: 'console-replays', path: '/replays', heading: 'Opnieuw aanbieden' },
          { name: 'console-mapping', path: '/mapping', heading: 'Vertaaltabellen' },
          { name: 'console-mapping-edit', path: '/mapping/0/edit', heading: /./ },
          { name: 'console-mapping-unknown', path: '/mapping/999', heading: /./ },
          { name: 'console-registrations', path: '/registrations', heading: 'Aanmeldingen' },
          {
            name: 'console-decisions',
            path: '/decisions',
            heading: /./,
            then: async (page) => {
              await page.getByRole('button', { name: 'Beslis' }).click();
              await page.getByText('Toegestaan', { exact: true }).waitFor();
            },
          },
          { name: 'console-organisations', path: '/organisations', heading: 'Zorgaanbieders', then: loaded },
          { name: 'console-not-found', ...NOWHERE },
        ]),
      ).toEqual([]);
    },
    PATIENCE_MS,
  );
});

describe('every page is fit for anyone: of research', () => {
  it(
    'before signing in',
    async () => {
      const reader = await browser.reader();
      expect(
        await faultsOfPages(reader, portals.researchUrl, [
          {
            name: 'research-catalogue',
            path: '/',
            heading: /./,
            then: (page) => page.getByRole('rowheader').first().waitFor(),
          },
          { name: 'research-sign-in', path: '/sign-in', heading: 'Inloggen' },
        ]),
      ).toEqual([]);
    },
    PATIENCE_MS,
  );

  for (const [login, pages] of [
    [
      'onderzoeker',
      [
        { name: 'research-permits', path: '/permits', heading: 'Vergunningen' },
        { name: 'research-permit-unknown', path: '/permits/none', heading: /./ },
        { name: 'research-application', path: '/application', heading: 'Aanvragen' },
        { name: 'research-not-found', ...NOWHERE },
        { name: 'research-not-for-you', path: '/checks', heading: 'Pagina niet gevonden' },
      ],
    ],
    ['beoordelaar', [{ name: 'research-assessment-empty', path: '/assessment', heading: 'Beoordelen' }]],
    ['controleur', [{ name: 'research-checks-empty', path: '/checks', heading: 'Uitvoer controleren' }]],
  ] as const satisfies readonly (readonly [string, readonly PlacedPage[]])[])
    it(
      `as ${login}`,
      async () => {
        const reader = await browser.reader();
        await reader.page.goto(`${portals.researchUrl}/sign-in`);
        await signIn(reader, login);
        expect(await faultsOfPages(reader, portals.researchUrl, pages)).toEqual([]);
      },
      PATIENCE_MS,
    );
});

describe('every page is fit for anyone: of developers', () => {
  it(
    'before signing in',
    async () => {
      const reader = await browser.reader();
      const loaded = (page: Reader['page']) => page.getByRole('rowheader').first().waitFor();
      expect(
        await faultsOfPages(reader, portals.developerUrl, [
          { name: 'developer-api', path: '/', heading: /./, then: loaded },
          { name: 'developer-fhir', path: '/fhir', heading: 'FHIR', then: loaded },
          { name: 'developer-sign-in', path: '/try', heading: 'Inloggen' },
          { name: 'developer-examples', path: '/examples', heading: 'Voorbeelden' },
          { name: 'developer-vectors', path: '/vectors', heading: /./, then: loaded },
          { name: 'developer-status', path: '/status', heading: 'Toestand', then: loaded },
          { name: 'developer-not-found', ...NOWHERE },
        ]),
      ).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'after it',
    async () => {
      const reader = await browser.reader();
      await reader.page.goto(`${portals.developerUrl}/try`);
      await signIn(reader, 'ontwikkelaar');
      expect(
        await faultsOfPages(reader, portals.developerUrl, [
          {
            name: 'developer-try',
            path: '/try',
            heading: 'Proberen',
            then: async (page) => {
              await page.getByRole('button', { name: 'Verstuur' }).click();
              await page.getByRole('region', { name: 'Antwoord' }).waitFor({ timeout: 90_000 });
            },
          },
        ]),
      ).toEqual([]);
    },
    PATIENCE_MS,
  );
});

describe('every page is fit for anyone: of the logins that lead to a portal', () => {
  it(
    'at the login of citizens and of their leave',
    async () => {
      const faults: string[] = [];
      for (const language of ['nl', 'en'] as const) {
        const reader = await browser.reader({ language });
        const { page } = reader;
        await page.goto(`${portals.citizenUrl}/api/sign-in`);
        await page.getByLabel('BSN').waitFor();
        faults.push(...(await faultsInEveryWay(reader, `login-citizen-${language}`, [language])));
        await page.getByLabel('BSN').fill(portals.people[0]?.bsn ?? '');
        await page.getByRole('button').click();
        await page.getByRole('button', { name: /^(Ja, ophalen|Yes, collect them)$/ }).waitFor();
        faults.push(...(await faultsInEveryWay(reader, `login-leave-${language}`, [language])));
        await page.goto(`${portals.authorisationServerUrl}/citizen/return`);
        faults.push(...(await faultsInEveryWay(reader, `login-refusal-${language}`, [language])));
      }
      expect(faults).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'at the login of the staff of an organisation',
    async () => {
      const faults: string[] = [];
      for (const language of ['nl', 'en'] as const) {
        const reader = await browser.reader({ language });
        await reader.page.goto(`${portals.consoleUrl}/api/sign-in`);
        await reader.page.getByRole('combobox').waitFor();
        faults.push(...(await faultsInEveryWay(reader, `login-staff-${language}`, [language])));
      }
      expect(faults).toEqual([]);
    },
    PATIENCE_MS,
  );
});
