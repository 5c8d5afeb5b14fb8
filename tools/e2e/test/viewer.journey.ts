import { describe, expect, it } from 'vitest';
import { faultsOf, tabTo, focusedName, type Reader } from '../src/index.js';
import { browser, portals, usePortals } from './portals-in-browser.js';

usePortals();

async function visitor(...options: Parameters<typeof browser.reader>): Promise<Reader> {
  const reader = await browser.reader(...options);
  await reader.page.goto(portals.viewerUrl);
  return reader;
}

async function signIn({ page }: Reader): Promise<void> {
  await page.getByLabel(/zorgverlener|professional/i).selectOption({ index: 0 });
  await page.getByRole('button', { name: /inloggen|sign in/i }).click();
  await page.getByLabel(/BSN/).waitFor();
}

async function look({ page }: Reader, bsn: string): Promise<void> {
  await page.getByLabel(/BSN/).fill(bsn);
  await page.getByRole('button', { name: /toon gegevens|show data/i }).click();
}

const first = (): string => portals.people[0]?.bsn ?? '';

describe('a professional', () => {
  it('signs in, looks at a patient, and sees each fact with its source', async () => {
    const reader = await visitor();
    expect(await faultsOf(reader, 'viewer-sign-in')).toEqual([]);
    await signIn(reader);
    expect(await faultsOf(reader, 'viewer-patient')).toEqual([]);
    await look(reader, first());
    const { page } = reader;
    const allergies = page.getByRole('region', { name: /allergieën/i }).first();
    await allergies.getByText('Penicillin', { exact: true }).waitFor();
    await allergies.getByText(/Zonneweg.*Noord/).waitFor();
    expect(await faultsOf(reader, 'viewer-view')).toEqual([]);
    expect(page.url()).not.toContain(first());
  });

  it('does it by keyboard alone', async () => {
    const { page } = await visitor();
    await page.getByLabel('Zorgverlener').waitFor();
    await page.keyboard.press('Tab');
    expect(await focusedName(page)).toBe('Naar de inhoud');
    await tabTo(page, 'Zorgverlener');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await tabTo(page, 'Inloggen');
    await page.keyboard.press('Enter');
    await page.getByLabel(/BSN/).waitFor();
    await tabTo(page, 'Burgerservicenummer (BSN)');
    await page.keyboard.type(first());
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /Problemen/ }).waitFor();
    await tabTo(page, /^Toon het origineel/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('reads it in English, in the dark, at 200 % zoom', async () => {
    const reader = await visitor({ language: 'en', theme: 'dark', width: 640 });
    await signIn(reader);
    await look(reader, first());
    await reader.page.getByRole('heading', { name: /Problems/ }).waitFor();
    expect(await faultsOf(reader, 'viewer-view-dark-200')).toEqual([]);
  });

  it('is told which source is missing', async () => {
    await portals.nursingHome.stop();
    try {
      const reader = await visitor();
      await signIn(reader);
      await look(reader, first());
      const warning = reader.page.getByRole('alert').filter({ hasText: 'niet volledig' });
      await warning.getByText('De Linde').waitFor();
      expect(await faultsOf(reader, 'viewer-source-down')).toEqual([]);
    } finally {
      await portals.nursingHome.start();
    }
  });

  it('is not told that somebody without registrations has no data', async () => {
    const reader = await visitor();
    await signIn(reader);
    await look(reader, '111222333');
    await reader.page.getByText('Dat betekent niet dat er geen zijn').waitFor();
    expect(await faultsOf(reader, 'viewer-empty')).toEqual([]);
  });

  it('hears what is wrong with a number before anything is asked', async () => {
    const reader = await visitor();
    await signIn(reader);
    await look(reader, '123');
    await reader.page.getByText('Een BSN heeft negen cijfers.').waitFor();
    expect(await faultsOf(reader, 'viewer-wrong-number')).toEqual([]);
  });

  it('must say why in an emergency', async () => {
    const reader = await visitor();
    await signIn(reader);
    await reader.page.getByLabel('Doel').selectOption('BTG');
    await look(reader, first());
    await reader.page.getByText('Geef een reden van ten minste 10 tekens.').waitFor();
    expect(await faultsOf(reader, 'viewer-emergency')).toEqual([]);
  });

  it('keeps tokens and numbers out of everything a script can read', async () => {
    const reader = await visitor();
    await signIn(reader);
    await look(reader, first());
    await reader.page.getByRole('heading', { name: /Problemen/ }).waitFor();
    const kept = await reader.page.evaluate<string>(
      'JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }])',
    );
    expect(kept).not.toMatch(/token|eyJ|\d{9}|session/i);
  });
});
