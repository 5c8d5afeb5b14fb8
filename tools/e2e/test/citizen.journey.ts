import { readFile } from 'node:fs/promises';
import { awaitSettled, demoTokens, expectOk, pharmacyDeBrug, urlOf, type DemoPerson } from '@samenhang/demo';
import { authorisedFetch } from '@samenhang/identity';
import { describe, expect, it } from 'vitest';
import { faultsInEveryWay, settled, spokenPage, tabTo, type Reader } from '../src/index.js';
import { browser, portals, usePortals } from './portals-in-browser.js';

const HOSTILE = '</script><img src=x onerror=alert(1)>';

usePortals();

const person = (at: number): DemoPerson => {
  const found = portals.people[at];
  if (found === undefined) throw new Error(`There is no person ${at}`);
  return found;
};

async function visitor(...options: Parameters<typeof browser.reader>): Promise<Reader> {
  const reader = await browser.reader(...options);
  await reader.page.goto(portals.citizenUrl);
  return reader;
}

/** At the sites of the login and of the leave; these are not the portal's. */
async function logIn(
  { page }: Reader,
  bsn: string,
  decision = /^(Ja, ophalen|Yes, collect them)$/,
): Promise<void> {
  await page.getByRole('link', { name: /^(inloggen|sign in)$/i }).click();
  await page.getByLabel('BSN').fill(bsn);
  await page.getByRole('button', { name: /^(Inloggen|Sign in)$/ }).click();
  await page.getByText(/uw keuzes|your choices/).waitFor();
  await page.getByRole('button', { name: decision }).click();
}

async function signIn(reader: Reader, bsn: string): Promise<void> {
  await logIn(reader, bsn);
  await reader.page.getByRole('heading', { level: 1, name: /^(mijn gegevens|my data)$/i }).waitFor();
}

async function goTo({ page }: Reader, name: RegExp): Promise<void> {
  await page.getByRole('link', { name }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

const tree = (name: string): string => `./trees/citizen-${name}.txt`;

describe('a citizen', () => {
  it('signs in and sees what all care providers hold as one, and nothing of another', async () => {
    const reader = await visitor();
    const { page } = reader;
    await page.getByText('Ziekenhuis Noord').waitFor();
    await expect(await spokenPage(page)).toMatchFileSnapshot(tree('sign-in'));
    expect(await faultsInEveryWay(reader, 'citizen-sign-in')).toEqual([]);
    await signIn(reader, person(0).bsn);
    await settled(page);
    const allergies = page.getByRole('region', { name: /^Allergieën \(/ });
    await allergies.getByText('Penicillin', { exact: true }).waitFor();
    const source = allergies.getByRole('button', { name: /Zonneweg.*Noord/ });
    await source.hover();
    await page.getByRole('tooltip').getByText('Opgehaald bij Ziekenhuis Noord (22222222)').first().waitFor();
    await page.keyboard.press('Escape');
    await page.getByText(/^Deze zorgverleners gaven antwoord: .*De Brug/).waitFor();
    await expect(await spokenPage(page)).toMatchFileSnapshot(tree('data'));
    expect(await faultsInEveryWay(reader, 'citizen-data')).toEqual([]);
    const shown = await page.getByRole('main').innerText();
    expect(shown).toContain(person(0).familyName);
    for (const other of portals.people.slice(1)) expect(shown).not.toContain(other.familyName);
    expect(page.url()).not.toMatch(/\d{9}|code|state/);
  });

  it('finds who looked, themselves too, and only what they look for', async () => {
    const reader = await visitor();
    const { page } = reader;
    await signIn(reader, person(0).bsn);
    await settled(page);
    await goTo(reader, /^wie keek er mee/i);
    const hospital = page.getByRole('region', { name: 'Ziekenhuis Noord', exact: true });
    const own = hospital.getByText(/^Uzelf via citizen/);
    await own.first().waitFor();
    await settled(page);
    expect(await faultsInEveryWay(reader, 'citizen-log')).toEqual([]);
    await page.getByLabel('Wat wilt u zien?').selectOption({ label: 'Alleen wat anderen deden' });
    await own.first().waitFor({ state: 'detached' });
    await hospital
      .getByRole('status')
      .filter({ hasText: /^\d+ van \d+ regels$/ })
      .waitFor();
    await page.getByLabel('Zoek een woord').fill('zoiets staat er niet');
    await hospital.getByText('Niets van wat hier staat past bij wat u zoekt.').waitFor();
    await settled(page);
    await expect(await spokenPage(page)).toMatchFileSnapshot(tree('log'));
    await page.getByLabel('Vanaf').fill('2026-02-02');
    await page.getByLabel('Tot en met').fill('2026-02-01');
    await page.getByRole('button', { name: 'Laat zien' }).click();
    await page.getByText('Kies twee datums').waitFor();
    expect(await faultsInEveryWay(reader, 'citizen-log-wrong')).toEqual([]);
    await page.getByLabel('Vanaf').fill('2020-01-01');
    await page.getByLabel('Tot en met').fill('2020-01-31');
    await page.getByRole('button', { name: 'Laat zien' }).click();
    await page.getByText('In deze dagen keek niemand.').first().waitFor();
  });

  it('decides about sharing, and takes it back', async () => {
    const reader = await visitor();
    const { page } = reader;
    await signIn(reader, person(1).bsn);
    await goTo(reader, /^mijn keuzes$/i);
    await page.getByRole('button', { name: /^Stop met delen ?: Voor onderzoek/ }).waitFor();
    await expect(await spokenPage(page)).toMatchFileSnapshot(tree('choices'));
    await page.getByRole('button', { name: /^Stop met delen ?: Voor onderzoek/ }).click();
    await page.getByText('Onderzoekers mogen uw gegevens niet gebruiken.').waitFor();
    await page.getByRole('button', { name: /^Deel weer ?: Voor onderzoek/ }).click();
    await page.getByText('Onderzoekers mogen uw gegevens gebruiken').waitFor();
    await page.getByLabel('Gegevens van').selectOption({ label: 'Apotheek De Brug' });
    await page.getByLabel('Welke gegevens').selectOption({ label: 'Medicijnen' });
    await page.getByLabel('Wie wil ze zien').selectOption({ label: 'Huisartsen' });
    await page.getByLabel('Uw keuze', { exact: true }).selectOption({ label: 'Nee, dat mag niet' });
    await page.getByRole('button', { name: 'Bewaar' }).click();
    const row = page.getByRole('row', { name: /Apotheek De Brug Medicijnen Huisartsen Nee/ });
    await row.waitFor();
    expect(await faultsInEveryWay(reader, 'citizen-choices')).toEqual([]);
    await row.getByRole('button', { name: /^Haal weg/ }).click();
    await row.waitFor({ state: 'detached' });
  });

  it('takes their data along: of all care providers together and of each, as it is and as a summary', async () => {
    const reader = await visitor();
    const { page } = reader;
    await signIn(reader, person(0).bsn);
    await goTo(reader, /^downloaden$/i);
    await expect(await spokenPage(page)).toMatchFileSnapshot(tree('download'));
    expect(await faultsInEveryWay(reader, 'citizen-download')).toEqual([]);
    for (const [name, type] of [
      [/^Alles.*samen$/, 'searchset'],
      [/^Samenvatting.*samen$/, 'document'],
      [/^Alles.*Ziekenhuis Noord/, 'searchset'],
      [/^Samenvatting.*Ziekenhuis Noord/, 'document'],
    ] as const) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name }).click(),
      ]);
      const bundle = JSON.parse(await readFile(await download.path(), 'utf8')) as { type: string };
      expect(bundle).toMatchObject({ resourceType: 'Bundle', type });
      const text = JSON.stringify(bundle);
      expect(text).toContain(person(0).familyName);
      for (const other of portals.people.slice(1)) expect(text).not.toContain(other.bsn);
    }
  });

  it('does it by keyboard alone', async () => {
    const { page } = await visitor();
    await page.getByText('Ziekenhuis Noord').waitFor();
    await tabTo(page, 'Inloggen');
    await page.keyboard.press('Enter');
    await page.getByLabel('BSN').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type(person(2).bsn);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Ja, ophalen' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Mijn gegevens' }).waitFor();
    await tabTo(page, 'Mijn keuzes');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Stop met delen ?: Voor uw zorg/ }).waitFor();
    await tabTo(page, 'Stop met delen: Voor uw zorg');
    await page.keyboard.press('Enter');
    await page.getByText('Niemand mag uw gegevens van een ander zien.').waitFor();
    await tabTo(page, 'Deel weer: Voor uw zorg');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Stop met delen ?: Voor uw zorg/ }).waitFor();
  });
});

describe('when it does not go as it should', () => {
  it('who says no is not signed in, and is told so; the pages of the login and the leave are fit for anyone too', async () => {
    const reader = await visitor();
    const { page } = reader;
    await page.getByRole('link', { name: 'Inloggen' }).click();
    await page.getByLabel('BSN').waitFor();
    await expect(await spokenPage(page)).toMatchFileSnapshot(tree('login'));
    await page.goto(portals.citizenUrl);
    await logIn(reader, person(0).bsn, /^Nee$/);
    await page.getByText('U gaf geen toestemming.').waitFor();
    await expect(await spokenPage(page)).toMatchFileSnapshot(tree('refused'));
    expect(await faultsInEveryWay(reader, 'citizen-refused')).toEqual([]);
    await page.goto(`${portals.citizenUrl}/api/return?code=invented&state=invented`);
    await page.getByText('Het inloggen is niet gelukt.').waitFor();
    expect(await faultsInEveryWay(reader, 'citizen-failed')).toEqual([]);
    expect(await page.getByRole('link', { name: 'Mijn gegevens' }).count()).toBe(0);
  });

  it('a session that ended is said, and begun again; an address without a page says so', async () => {
    const reader = await visitor();
    const { page } = reader;
    await signIn(reader, person(0).bsn);
    await page.goto(`${portals.citizenUrl}/nowhere`);
    await page.getByRole('heading', { level: 1, name: 'Pagina niet gevonden' }).waitFor();
    await expect(await spokenPage(page)).toMatchFileSnapshot(tree('not-found'));
    expect(await faultsInEveryWay(reader, 'citizen-not-found')).toEqual([]);
    await page.context().clearCookies();
    await page.getByRole('link', { name: 'Mijn keuzes' }).click();
    await page.getByText('U bent uitgelogd.').waitFor();
    await expect(await spokenPage(page)).toMatchFileSnapshot(tree('session-ended'));
    expect(await faultsInEveryWay(reader, 'citizen-session-ended')).toEqual([]);
    await signIn(reader, person(0).bsn);
  });

  it('who is known nowhere sees that, and no more', async () => {
    const reader = await visitor();
    await signIn(reader, '111222333');
    await settled(reader.page);
    await reader.page.getByText('Geen van deze zorgverleners heeft gegevens van u.').waitFor();
    await expect(await spokenPage(reader.page)).toMatchFileSnapshot(tree('nothing'));
    expect(await faultsInEveryWay(reader, 'citizen-nothing')).toEqual([]);
  });

  it('a care provider that is away is named, the others are shown; asked again it is there', async () => {
    await portals.citizen.restart({ isNursingHomeAsked: true });
    await portals.nursingHome.stop();
    const reader = await visitor();
    const { page } = reader;
    const warning = page.getByRole('alert').filter({ hasText: 'dit is niet alles' });
    const away = warning.getByText(/De Linde is nu niet te bereiken/);
    try {
      await signIn(reader, person(0).bsn);
      await away.waitFor();
      await page.getByRole('region', { name: /^Allergieën \(/ }).waitFor();
      await expect(await spokenPage(page)).toMatchFileSnapshot(tree('source-down'));
      expect(await faultsInEveryWay(reader, 'citizen-source-down')).toEqual([]);
    } finally {
      await portals.nursingHome.start();
    }
    await warning.getByRole('button', { name: 'Probeer opnieuw' }).click();
    await away.waitFor({ state: 'detached' });
    await portals.citizen.restart();
  });
});

describe('what is tried against it', () => {
  it('text from a source stays text', async () => {
    const { options } = portals;
    const audience = urlOf(options, 'ingest');
    const token = await demoTokens(options).clientCredentials({
      audience,
      scope: 'ingest:write',
      organisation: pharmacyDeBrug.ura,
    });
    const { gpNumber } = person(3);
    const url = `${audience}/tenants/${pharmacyDeBrug.ura}/sources/ais/fhir`;
    const resource = {
      resourceType: 'MedicationRequest',
      id: 'hostile',
      status: 'active',
      intent: 'order',
      medicationCodeableConcept: { text: `Hostile ${HOSTILE}` },
      subject: { reference: `Patient/brug-${gpNumber}` },
      authoredOn: '2026-11-01',
      dosageInstruction: [{ text: HOSTILE }],
    };
    const sent = await authorisedFetch(token, url, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify(resource),
    });
    await expectOk(sent, 'hostile text');
    await awaitSettled(options);
    const reader = await visitor();
    await signIn(reader, person(3).bsn);
    await reader.page.getByText(`Hostile ${HOSTILE}`).first().waitFor();
    expect(await reader.page.locator('img').count()).toBe(0);
    expect(reader.faults).toEqual([]);
  });

  it('a code that another brought is of no use, and nothing is in reach of scripts', async () => {
    const reader = await visitor();
    await signIn(reader, person(0).bsn);
    const kept = await reader.page.evaluate<string>(
      'JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }])',
    );
    expect(kept).not.toMatch(/token|eyJ|\d{9}|session/i);
    const other = await browser.reader();
    await other.page.goto(`${portals.citizenUrl}/api/return?code=of-another&state=of-another`);
    await other.page.getByText('Het inloggen is niet gelukt.').waitFor();
  });
});
