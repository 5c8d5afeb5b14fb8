import type { Reader } from '../src/index.js';
import { portals } from './portals-in-browser.js';

type Page = Reader['page'];

/** Signs in with an account of the portal, at the page that asks for it. */
export async function signInWithPassword(page: Page, login: string): Promise<void> {
  await page.getByLabel('Gebruikersnaam').fill(login);
  await page.getByLabel('Wachtwoord').fill(portals.password);
  await page.getByRole('button', { name: 'Inloggen' }).click();
  await page.getByRole('button', { name: 'Uitloggen' }).waitFor();
}

/** By way of the login of an organisation's staff, as who is called so there. */
export async function signInAsStaff(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Inloggen bij uw organisatie' }).click();
  await page.getByLabel('Medewerker').selectOption(name);
  await page.getByRole('button', { name: 'Inloggen', exact: true }).click();
}

export async function signInAsProfessional(page: Page): Promise<void> {
  await page.getByLabel('Zorgverlener').selectOption({ index: 0 });
  await page.getByRole('button', { name: 'Inloggen' }).click();
  await page.getByLabel(/BSN/).waitFor();
}

export async function signInAsCitizen(page: Page, bsn: string): Promise<void> {
  await page.getByRole('link', { name: 'Inloggen' }).click();
  await page.getByLabel('BSN').fill(bsn);
  await page.getByRole('button', { name: 'Inloggen' }).click();
  await page.getByRole('button', { name: 'Ja, ophalen' }).click();
  await page.getByRole('heading', { level: 1, name: 'Mijn gegevens' }).waitFor();
}
