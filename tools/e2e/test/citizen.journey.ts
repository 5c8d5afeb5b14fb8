import { readFile } from 'node:fs/promises';
import { awaitSettled, demoTokens, expectOk, pharmacyDeBrug, urlOf, type DemoPerson } from '@samenhang/demo';
import { authorisedFetch } from '@samenhang/identity';
import { describe, expect, it } from 'vitest';
import { faultsOf, tabTo, type Reader } from '../src/index.js';
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
async function logIn({ page }: Reader, bsn: string, decision = 'Ja, ophalen'): Promise<void> {
  await page.getByRole('link', { name: /^(inloggen|sign in)$/i }).click();
  await page.getByLabel('BSN').fill(bsn);
  await page.getByRole('button', { name: 'Inloggen' }).click();
  await page.getByText('uw keuzes').waitFor();
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

describe('a citizen', () => {
  it('signs in and sees what each care provider holds, and nothing of another', async () => {
    const reader = await visitor();
    await reader.page.getByText('Ziekenhuis Noord').waitFor();
    expect(await faultsOf(reader, 'citizen-sign-in')).toEqual([]);
    await signIn(reader, person(0).bsn);
    const { page } = reader;
    const gp = page.getByRole('region', { name: 'Huisartsenpraktijk Zonneweg' });
    await gp.getByRole('heading', { name: /^Allergieën/ }).waitFor();
    await page
      .getByRole('region', { name: 'Ziekenhuis Noord' })
      .getByRole('heading', { name: /^Uitslagen/ })
      .waitFor();
    await page.getByText('Even geduld').first().waitFor({ state: 'detached' });
    expect(await faultsOf(reader, 'citizen-data')).toEqual([]);
    const shown = await page.getByRole('main').innerText();
    expect(shown).toContain(person(0).familyName);
    for (const other of portals.people.slice(1)) expect(shown).not.toContain(other.familyName);
    expect(page.url()).not.toMatch(/\d{9}|code|state/);
  });

  it('finds who looked, themselves too', async () => {
    const reader = await visitor();
    await signIn(reader, person(0).bsn);
    await reader.page
      .getByRole('region', { name: 'Ziekenhuis Noord' })
      .getByRole('heading', { level: 3 })
      .first()
      .waitFor();
    await goTo(reader, /^wie keek er mee/i);
    const hospital = reader.page.getByRole('region', { name: 'Ziekenhuis Noord' });
    await hospital
      .getByText(/^Uzelf via citizen/)
      .first()
      .waitFor();
    await reader.page.getByText('Even geduld').first().waitFor({ state: 'detached' });
    expect(await faultsOf(reader, 'citizen-log')).toEqual([]);
    await reader.page.getByLabel('Vanaf').fill('2026-02-02');
    await reader.page.getByLabel('Tot en met').fill('2026-02-01');
    await reader.page.getByRole('button', { name: 'Laat zien' }).click();
    await reader.page.getByText('Kies twee datums').waitFor();
    await reader.page.getByLabel('Vanaf').fill('2020-01-01');
    await reader.page.getByLabel('Tot en met').fill('2020-01-31');
    await reader.page.getByRole('button', { name: 'Laat zien' }).click();
    await reader.page.getByText('In deze dagen keek niemand.').first().waitFor();
  });

  it('decides about sharing, and takes it back', async () => {
    const reader = await visitor();
    await signIn(reader, person(1).bsn);
    await goTo(reader, /^mijn keuzes$/i);
    const { page } = reader;
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
    expect(await faultsOf(reader, 'citizen-choices')).toEqual([]);
    await row.getByRole('button', { name: /^Haal weg/ }).click();
    await row.waitFor({ state: 'detached' });
  });

  it('takes their data along, as it is and as a summary', async () => {
    const reader = await visitor();
    await signIn(reader, person(0).bsn);
    await goTo(reader, /^downloaden$/i);
    const { page } = reader;
    expect(await faultsOf(reader, 'citizen-download')).toEqual([]);
    for (const [name, type] of [
      [/^Alles.*Ziekenhuis Noord/, 'searchset'],
      [/^Samenvatting.*Ziekenhuis Noord/, 'document'],
    ] as const) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name }).click(),
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

  it('reads it in English, in the dark, at 200 % zoom', async () => {
    const reader = await visitor({ language: 'en', theme: 'dark', width: 640 });
    await signIn(reader, person(0).bsn);
    await reader.page
      .getByRole('heading', { name: /^Allergies/ })
      .first()
      .waitFor();
    await reader.page.getByText('One moment').first().waitFor({ state: 'detached' });
    expect(await faultsOf(reader, 'citizen-data-dark-200')).toEqual([]);
    for (const [name, screen] of [
      [/^who looked/i, 'log'],
      [/^my choices$/i, 'choices'],
      [/^download$/i, 'download'],
    ] as const) {
      await goTo(reader, name);
      await reader.page.getByText('One moment').first().waitFor({ state: 'detached' });
      expect(await faultsOf(reader, `citizen-${screen}-dark-200`)).toEqual([]);
    }
  });
});

describe('when it does not go as it should', () => {
  it('who says no is not signed in, and is told so', async () => {
    const reader = await visitor();
    await logIn(reader, person(0).bsn, 'Nee');
    await reader.page.getByText('U gaf geen toestemming.').waitFor();
    expect(await faultsOf(reader, 'citizen-refused')).toEqual([]);
    await reader.page.goto(`${portals.citizenUrl}/api/return?code=invented&state=invented`);
    await reader.page.getByText('Het inloggen is niet gelukt.').waitFor();
    expect(await reader.page.getByRole('link', { name: 'Mijn gegevens' }).count()).toBe(0);
  });

  it('a session that ended is said, and begun again', async () => {
    const reader = await visitor();
    await signIn(reader, person(0).bsn);
    await reader.page.context().clearCookies();
    await reader.page.getByRole('link', { name: 'Mijn keuzes' }).click();
    await reader.page.getByText('U bent uitgelogd.').waitFor();
    expect(await faultsOf(reader, 'citizen-session-ended')).toEqual([]);
    await signIn(reader, person(0).bsn);
  });

  it('who is known nowhere sees that, and no more', async () => {
    const reader = await visitor();
    await signIn(reader, '111222333');
    await reader.page.getByText('Even geduld').first().waitFor({ state: 'detached' });
    await reader.page
      .getByText(/heeft geen gegevens van u|Hier staat niets/)
      .first()
      .waitFor();
    expect(await faultsOf(reader, 'citizen-nothing')).toEqual([]);
  });

  it('a care provider that is away is named, the others are shown', async () => {
    await portals.citizen.restart({ unreachable: pharmacyDeBrug.ura });
    try {
      const reader = await visitor();
      await signIn(reader, person(0).bsn);
      const pharmacy = reader.page.getByRole('region', { name: 'Apotheek De Brug' });
      await pharmacy.getByText('geeft nu geen antwoord').waitFor();
      await reader.page
        .getByRole('region', { name: 'Ziekenhuis Noord' })
        .getByRole('heading', { level: 3 })
        .first()
        .waitFor();
      expect(await faultsOf(reader, 'citizen-source-down')).toEqual([]);
    } finally {
      await portals.citizen.restart();
    }
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
