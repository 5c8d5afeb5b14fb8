import { describe, expect, it } from 'vitest';
import { faultsOf, tabTo, type Reader } from '../src/index.js';
import { browser, portals, usePortals } from './portals-in-browser.js';
import { signInAsStaff } from './signed-in.js';

usePortals();

const PHARMACY = '44444444';

async function operator(...options: Parameters<typeof browser.reader>): Promise<Reader> {
  const reader = await browser.reader(...options);
  await reader.page.goto(portals.consoleUrl);
  return reader;
}

async function signIn({ page }: Reader, password = portals.password): Promise<void> {
  await page.getByLabel(/gebruikersnaam|user name/i).fill(PHARMACY);
  await page.getByLabel(/wachtwoord|password/i).fill(password);
  await page.getByRole('button', { name: /inloggen|sign in/i }).click();
}

async function goTo({ page }: Reader, name: RegExp): Promise<void> {
  await page.getByRole('link', { name }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

describe('somebody who connects sources', () => {
  it('is let in with the right password only', async () => {
    const reader = await operator();
    await reader.page.getByLabel('Gebruikersnaam').waitFor();
    expect(await faultsOf(reader, 'console-sign-in')).toEqual([]);
    await signIn(reader, 'wrong');
    await reader.page.getByRole('alert').getByText('Login or password is wrong').waitFor();
    await signIn(reader);
    await reader.page.getByRole('heading', { level: 1, name: 'Overzicht' }).waitFor();
  });

  it('sees how every service is, and every other page, each fit for anyone', async () => {
    const reader = await operator();
    await signIn(reader);
    await reader.page.getByRole('row', { name: /^ingest gereed/ }).waitFor();
    expect(await faultsOf(reader, 'console-overview')).toEqual([]);
    for (const [name, screen] of [
      [/^bronnen$/i, 'sources'],
      [/^quarantaine$/i, 'quarantine'],
      [/^vertaaltabellen$/i, 'mapping'],
      [/^aanmeldingen$/i, 'registrations'],
    ] as const) {
      await goTo(reader, name);
      await reader.page.getByText('Laden …').waitFor({ state: 'detached' });
      expect(await faultsOf(reader, `console-${screen}`)).toEqual([]);
    }
  });

  it('adds a source: hears what is wrong, mends it, connects and tests it', async () => {
    const reader = await operator();
    await signIn(reader);
    await goTo(reader, /^bronnen$/i);
    await reader.page.getByRole('link', { name: 'Bron toevoegen' }).click();
    const { page } = reader;
    await page.getByLabel('Naam van de bron').fill('tweede-his');
    await page.getByLabel('Omschrijving').fill('Tweede HIS');
    await page.getByLabel('Adres van de FHIR-server').fill('geen adres');
    await page.getByRole('button', { name: 'Controleer' }).click();
    await page
      .getByRole('alert')
      .getByText(/baseUrl/)
      .waitFor();
    expect(await faultsOf(reader, 'console-new-source-wrong')).toEqual([]);
    await page.getByLabel('Adres van de FHIR-server').fill(portals.gpFhirUrl);
    await page.getByRole('button', { name: 'Controleer' }).click();
    await page.getByText('De beschrijving klopt.').waitFor();
    await page.getByRole('button', { name: 'Sluit aan' }).click();
    await page.getByText('De bron is aangesloten.').waitFor();
    await page.getByRole('button', { name: 'Test de verbinding' }).click();
    await page.getByRole('cell', { name: 'goed' }).first().waitFor();
    expect(await faultsOf(reader, 'console-new-source')).toEqual([]);
    await goTo(reader, /^bronnen$/i);
    await page.getByRole('link', { name: 'Tweede HIS' }).click();
    await page.getByRole('button', { name: 'Pauzeer' }).click();
    await page.getByRole('button', { name: 'Ga verder' }).waitFor();
    expect(await faultsOf(reader, 'console-source')).toEqual([]);
    await page.getByRole('button', { name: 'Verwijder' }).click();
    await page.getByRole('heading', { level: 1, name: 'Bronnen' }).waitFor();
    expect(await page.getByRole('link', { name: 'Tweede HIS' }).count()).toBe(0);
  });

  it('follows a message from its bytes to FHIR, and an element back to its bytes', async () => {
    const reader = await operator();
    await signIn(reader);
    await goTo(reader, /^bronnen$/i);
    const { page } = reader;
    await page.getByRole('link', { name: 'AIS De Brug' }).click();
    await page
      .getByRole('link', { name: /^Bericht \d+/ })
      .first()
      .click();
    await page.getByText('Kies een waarde').waitFor();
    await page.getByRole('definition').getByRole('button').first().click();
    await page.getByText(/^(Uit het bericht|Uit de instellingen|Uit de vertaalregel)/).waitFor();
    expect(await faultsOf(reader, 'console-message')).toEqual([]);
  });

  it('finds out why something was refused', async () => {
    const reader = await operator({ language: 'en', theme: 'dark', width: 640 });
    await signIn(reader);
    await reader.page.getByRole('link', { name: 'Decisions' }).click();
    const { page } = reader;
    await page.getByRole('checkbox', { name: 'There is a treatment relation' }).uncheck();
    await page.getByRole('button', { name: 'Decide' }).click();
    await page.getByText('Refused', { exact: true }).waitFor();
    await page.getByText(/no_treatment_relation/).waitFor();
    await page.getByRole('checkbox', { name: 'There is a treatment relation' }).check();
    await page.getByRole('button', { name: 'Decide' }).click();
    await page.getByText('Allowed', { exact: true }).waitFor();
    expect(await faultsOf(reader, 'console-decisions-dark-200')).toEqual([]);
  });

  it('does it by keyboard alone', async () => {
    const { page } = await operator();
    await page.getByLabel('Gebruikersnaam').waitFor();
    await tabTo(page, 'Gebruikersnaam');
    await page.keyboard.type(PHARMACY);
    await tabTo(page, 'Wachtwoord');
    await page.keyboard.type(portals.password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Overzicht' }).waitFor();
    await tabTo(page, 'Quarantaine');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Quarantaine' }).waitFor();
  });

  it('is asked to sign in again when the session has ended', async () => {
    const reader = await operator();
    await signIn(reader);
    await reader.page.getByRole('heading', { level: 1, name: 'Overzicht' }).waitFor();
    await reader.page.context().clearCookies();
    await reader.page.getByRole('link', { name: 'Bronnen' }).click();
    await reader.page.getByText('Uw sessie is afgelopen').waitFor();
    expect(await faultsOf(reader, 'console-session-ended')).toEqual([]);
  });
});

describe('somebody who signs in at their own organisation', () => {
  it('has what their roles give, and nothing of the login is left in the address', async () => {
    const reader = await operator();
    const { page } = reader;
    await signInAsStaff(page, 'Robin Regio');
    await page.getByRole('heading', { level: 1, name: 'Overzicht' }).waitFor();
    await page.getByRole('banner').getByText('Robin Regio').waitFor();
    expect(new URL(page.url()).search).toBe('');
    await goTo(reader, /^zorgaanbieders$/i);
    await page.getByRole('button', { name: 'Kies Apotheek De Brug' }).waitFor();
    expect(await faultsOf(reader, 'console-organisations-of-roles')).toEqual([]);
  });

  it('does it by keyboard alone', async () => {
    const { page } = await operator();
    await page.getByRole('link', { name: 'Inloggen bij uw organisatie' }).waitFor();
    await tabTo(page, 'Inloggen bij uw organisatie');
    await page.keyboard.press('Enter');
    await page.getByLabel('Medewerker').waitFor();
    await tabTo(page, 'Medewerker');
    await page.keyboard.type('Bo');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Overzicht' }).waitFor();
    expect(await page.getByRole('link', { name: 'Zorgaanbieders' }).count()).toBe(0);
  });

  it('is told why they are not let in: no role here, or no login', async () => {
    const reader = await operator();
    const { page } = reader;
    await signInAsStaff(page, 'Iris Iemand');
    await page.getByText('U bent niet ingelogd').waitFor();
    expect(await faultsOf(reader, 'console-sign-in-refused')).toEqual([]);
    const other = await operator();
    await other.page.getByRole('link', { name: 'Inloggen bij uw organisatie' }).click();
    await other.page.getByRole('button', { name: 'Niet inloggen' }).click();
    await other.page.getByText('U bent niet ingelogd').waitFor();
    await other.page.goto(`${portals.consoleUrl}/api/return?code=invented&state=invented`);
    await other.page.getByText('Het inloggen is niet gelukt').waitFor();
    expect(await other.page.getByRole('navigation').count()).toBe(0);
  });
});
