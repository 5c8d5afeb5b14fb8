import { describe, expect, it } from 'vitest';
import { faultsOf, tabTo, type Reader } from '../src/index.js';
import { browser, portals, usePortals } from './portals-in-browser.js';
import { signInAsStaff } from './signed-in.js';

usePortals();

async function open(path = '/', ...options: Parameters<typeof browser.reader>): Promise<Reader> {
  const reader = await browser.reader(...options);
  await reader.page.goto(`${portals.developerUrl}${path}`);
  return reader;
}

async function signIn({ page }: Reader): Promise<void> {
  await page.getByLabel('Gebruikersnaam').fill('ontwikkelaar');
  await page.getByLabel('Wachtwoord').fill(portals.password);
  await page.getByRole('button', { name: 'Inloggen' }).click();
  await page.getByRole('heading', { level: 1, name: 'Proberen' }).waitFor();
}

describe('somebody who builds on the platform', () => {
  it('reads what the running services say of themselves', async () => {
    const reader = await open();
    const { page } = reader;
    await page.getByRole('rowheader', { name: /Patient\/\$everything/ }).waitFor();
    expect(await faultsOf(reader, 'developer-api')).toEqual([]);
    await page.getByRole('link', { name: 'FHIR' }).click();
    await page.getByRole('rowheader', { name: 'Observation' }).waitFor();
    await page.getByLabel('Server').selectOption('address-book');
    await page.getByRole('rowheader', { name: 'Endpoint' }).waitFor();
    expect(await faultsOf(reader, 'developer-fhir')).toEqual([]);
  });

  it('finds examples, test vectors and whether services answer', async () => {
    const reader = await open('/', { language: 'en', theme: 'dark', width: 640 });
    const { page } = reader;
    await page.getByRole('link', { name: 'Examples' }).click();
    await page.getByRole('region', { name: 'read-view.mjs' }).getByText('SamenhangClient').first().waitFor();
    expect(await faultsOf(reader, 'developer-examples-dark-200')).toEqual([]);
    await page.getByRole('link', { name: 'Test vectors' }).click();
    await page.getByRole('rowheader', { name: 'BSN, recipient named by OIN' }).waitFor();
    expect(await faultsOf(reader, 'developer-vectors-dark-200')).toEqual([]);
    await page.getByRole('link', { name: 'Status' }).click();
    await page.getByRole('row', { name: 'query-api ready' }).waitFor();
    expect(await faultsOf(reader, 'developer-status-dark-200')).toEqual([]);
  });

  it('tries a request with a development token, also one that is refused', async () => {
    const reader = await open('/try');
    const { page } = reader;
    await page.getByLabel('Gebruikersnaam').waitFor();
    expect(await faultsOf(reader, 'developer-sign-in')).toEqual([]);
    await signIn(reader);
    await page.getByRole('button', { name: 'Verstuur' }).click();
    const answer = page.getByRole('region', { name: 'Antwoord' });
    await answer.getByText('200', { exact: true }).waitFor({ timeout: 90_000 });
    await answer.getByText(/"resourceType": "Bundle"/).waitFor();
    expect(await faultsOf(reader, 'developer-try')).toEqual([]);
    await page
      .getByLabel('Inhoud')
      .fill('{"resourceType":"Parameters","note":"<img src=x onerror=alert(1)>"}');
    await page.getByRole('button', { name: 'Verstuur' }).click();
    await answer.getByText(/^4\d\d$/).waitFor({ timeout: 90_000 });
    await answer.getByText(/OperationOutcome/).waitFor();
    expect(await faultsOf(reader, 'developer-try-refused')).toEqual([]);
  });

  it('does it by keyboard alone', async () => {
    const { page } = await open('/try');
    await page.getByLabel('Gebruikersnaam').waitFor();
    await tabTo(page, 'Gebruikersnaam');
    await page.keyboard.type('ontwikkelaar');
    await tabTo(page, 'Wachtwoord');
    await page.keyboard.type(portals.password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Proberen' }).waitFor();
    await tabTo(page, 'Verstuur');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Antwoord' }).waitFor({ timeout: 90_000 });
  });

  it('is asked to sign in again when the session has ended', async () => {
    const reader = await open('/try');
    await signIn(reader);
    await reader.page.context().clearCookies();
    await reader.page.getByRole('button', { name: 'Verstuur' }).click();
    await reader.page.getByText('Uw sessie is afgelopen').waitFor();
    expect(await faultsOf(reader, 'developer-session-ended')).toEqual([]);
  });

  it('is let in by the login of their organisation too', async () => {
    const { page } = await open('/try');
    await signInAsStaff(page, 'Otto Ontwikkelaar');
    await page.getByRole('banner').getByText('Otto Ontwikkelaar').waitFor();
  });

  it('is told so when the services are down', async () => {
    const reader = await open('/try');
    const { page } = reader;
    await signIn(reader);
    await page.getByRole('button', { name: 'Verstuur' }).waitFor();
    await portals.stopPlatform();
    await page.getByRole('button', { name: 'Verstuur' }).click();
    await page
      .getByRole('alert')
      .getByText(/cannot be reached/)
      .waitFor();
    expect(await faultsOf(reader, 'developer-try-down')).toEqual([]);
    await page.getByRole('link', { name: 'Toestand' }).click();
    await page.getByRole('row', { name: 'query-api onbereikbaar' }).waitFor();
    expect(await faultsOf(reader, 'developer-status-down')).toEqual([]);
    for (const [path, heading] of [
      ['/', 'API'],
      ['/fhir', 'FHIR'],
    ] as const) {
      await page.goto(`${portals.developerUrl}${path}`);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      await page
        .getByRole('alert')
        .getByText(/cannot be reached/)
        .waitFor();
    }
    expect(await faultsOf(reader, 'developer-fhir-down')).toEqual([]);
  });
});
