import { describe, expect, it } from 'vitest';
import {
  faultsInEveryWay,
  faultsOf,
  focusedName,
  settled,
  spokenPage,
  tabTo,
  type Reader,
} from '../src/index.js';
import { hostileDocuments } from './hostile-documents.js';
import { browser, portals, usePortals } from './portals-in-browser.js';

usePortals();

async function visitor(...options: Parameters<typeof browser.reader>): Promise<Reader> {
  const reader = await browser.reader(...options);
  await reader.page.goto(portals.viewerUrl);
  return reader;
}

async function signIn({ page }: Reader, professional = /Huisarts,/): Promise<void> {
  const choice = page.getByLabel('Zorgverlener');
  const label = await choice.getByRole('option', { name: professional }).first().innerText();
  await choice.selectOption({ label });
  await page.getByRole('button', { name: /inloggen|sign in/i }).click();
  await page.getByLabel(/BSN/).waitFor();
}

async function look({ page }: Reader, bsn: string): Promise<void> {
  await page.getByLabel(/BSN/).fill(bsn);
  await page.getByRole('button', { name: /toon gegevens|show data/i }).click();
}

async function viewOfFirst(): Promise<Reader> {
  const reader = await visitor();
  await signIn(reader);
  await look(reader, first());
  await reader.page.getByRole('heading', { name: /^Tijdlijn/ }).waitFor();
  return reader;
}

const first = (): string => portals.people[0]?.bsn ?? '';
const tree = (name: string): string => `./trees/viewer-${name}.txt`;

describe('a professional', () => {
  it('signs in, looks at a patient, and sees each fact with its source', async () => {
    const reader = await visitor();
    const { page } = reader;
    await page.getByLabel('Zorgverlener').waitFor();
    await expect(await spokenPage(page)).toMatchFileSnapshot(tree('sign-in'));
    expect(await faultsInEveryWay(reader, 'viewer-sign-in')).toEqual([]);
    await signIn(reader);
    await expect(await spokenPage(page)).toMatchFileSnapshot(tree('patient'));
    expect(await faultsInEveryWay(reader, 'viewer-patient')).toEqual([]);
    await look(reader, first());
    const allergies = page.getByRole('region', { name: /allergieën/i }).first();
    await allergies.getByText('Penicillin', { exact: true }).waitFor();
    await allergies.getByRole('button', { name: /Zonneweg.*Noord/ }).waitFor();
    await page
      .getByRole('status')
      .filter({ hasText: /^Het overzicht is er: \d+ gegevens/ })
      .waitFor();
    await expect(await spokenPage(page)).toMatchFileSnapshot(tree('view'));
    expect(await faultsInEveryWay(reader, 'viewer-view')).toEqual([]);
    expect(page.url()).not.toContain(first());
  });

  it('is told more of a source by pointing at it and by the keyboard, and sends that away with Escape', async () => {
    const { page } = await viewOfFirst();
    const source = page
      .getByRole('region', { name: /allergieën/i })
      .getByRole('button', { name: /Zonneweg/ })
      .first();
    const tip = page.getByRole('tooltip').filter({ hasText: 'Adres: ' });
    await source.hover();
    await tip.getByText(/Bron: .*11111111.*systeem: /).waitFor();
    await page.mouse.move(0, 0);
    await tip.first().waitFor({ state: 'hidden' });
    await source.focus();
    await tip.first().waitFor();
    await page.keyboard.press('Escape');
    await tip.first().waitFor({ state: 'hidden' });
    const describedBy = (await source.getAttribute('aria-describedby')) ?? '';
    expect(await page.locator(`[id="${describedBy}"]`).textContent()).toContain('11111111');
  });

  it('finds facts in the timeline by words, kind, source and period', async () => {
    const reader = await viewOfFirst();
    const { page } = reader;
    const search = page.getByRole('search', { name: 'Zoek in de tijdlijn' });
    const timeline = page.getByRole('region', { name: /^Tijdlijn \(/ });
    const found = timeline.getByRole('status');
    await search.getByLabel('Woorden').fill('PENICILLÍN');
    await found.filter({ hasText: /^1 van \d+ gegevens$/ }).waitFor();
    await timeline.getByText('Penicillin', { exact: true }).waitFor();
    await expect(await spokenPage(page, timeline)).toMatchFileSnapshot(tree('timeline-found'));
    expect(await faultsOf(reader, 'viewer-timeline-found')).toEqual([]);
    await search.getByLabel('Soort').selectOption({ label: 'Medicatie' });
    await timeline.getByText('Niets voldoet aan de zoekvraag.').waitFor();
    await search.getByRole('button', { name: 'Wis de zoekvraag' }).click();
    await search.getByLabel('Bron').selectOption({ label: 'Apotheek De Brug (44444444)' });
    await timeline.getByText('enalapril').first().waitFor();
    expect(await timeline.getByText('Penicillin', { exact: true }).count()).toBe(0);
    await search.getByLabel('Vanaf').fill('2030-01-01');
    await timeline.getByText('Niets voldoet aan de zoekvraag.').waitFor();
  });

  it('reads a course as a drawing with its reference range, and as a table', async () => {
    const { page } = await viewOfFirst();
    const course = page.getByRole('img', { name: /^Verloop: / }).first();
    await course.waitFor();
    await page
      .getByText(/^Referentiewaarden van de laatste uitslag: /)
      .first()
      .waitFor();
    await page.getByText('Toon als tabel').first().click();
    await page.getByRole('table', { name: /^Verloop: / }).waitFor();
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
    await page.getByLabel('Woorden').focus();
    await page.keyboard.type('enalapril');
    await page
      .getByRole('status')
      .filter({ hasText: /^\d+ van \d+ gegevens$/ })
      .waitFor();
  });

  it('opens the view of an emergency with a reason, and is reminded of it', async () => {
    const reader = await visitor();
    const { page } = reader;
    await signIn(reader, /Arts, Ziekenhuis Noord/);
    await page.getByLabel('Doel').selectOption('BTG');
    await look(reader, first());
    await page.getByText('Geef een reden van ten minste 10 tekens.').waitFor();
    await expect(await spokenPage(page)).toMatchFileSnapshot(tree('emergency-wrong'));
    expect(await faultsInEveryWay(reader, 'viewer-emergency')).toEqual([]);
    await page.getByLabel('Reden van noodtoegang').fill('Buiten bewustzijn na een val');
    await page.getByRole('button', { name: 'Toon gegevens' }).click();
    await page.getByRole('alert').filter({ hasText: 'Noodtoegang' }).getByText('Buiten bewustzijn').waitFor();
    await page.getByRole('heading', { name: /^Tijdlijn/ }).waitFor();
    expect(await faultsOf(reader, 'viewer-emergency-view')).toEqual([]);
  });

  it('opens a letter as text, as a PDF in a frame of its own, and as a CDA document', async () => {
    const reader = await viewOfFirst();
    const { page } = reader;
    const dialog = page.getByRole('dialog', { name: 'Ontslagbrief' });
    const open = async (kind: RegExp): Promise<void> => {
      await page.getByRole('button', { name: kind }).click();
      await dialog.getByRole('link', { name: 'Bewaar het bestand' }).waitFor();
    };
    const close = async (): Promise<void> => {
      await dialog.getByRole('button', { name: 'Sluiten' }).click();
      await dialog.waitFor({ state: 'detached' });
    };
    await open(/^Open ?: Ontslagbrief, tekst/);
    await dialog.getByText('Controle over drie maanden bij de huisarts.').waitFor();
    await expect(await spokenPage(page, dialog)).toMatchFileSnapshot(tree('letter-text'));
    await close();
    await open(/^Open ?: Ontslagbrief, XML/);
    await dialog.getByRole('heading', { level: 3, name: 'Beloop' }).waitFor();
    await dialog.getByRole('cell', { name: '58' }).waitFor();
    await expect(await spokenPage(page, dialog)).toMatchFileSnapshot(tree('letter-clinical'));
    expect(await faultsOf(reader, 'viewer-letter')).toEqual([]);
    await close();
    await open(/^Open ?: Ontslagbrief, PDF/);
    const address = await dialog.locator('iframe[title="Ontslagbrief"]').getAttribute('src');
    // The browser's reader takes the place of the answer: it is asked for once more to see what came.
    const [type, policy] = await page.evaluate<[string, string]>(
      `fetch('${address}').then(({ headers }) => ['content-type', 'content-security-policy'].map((name) => headers.get(name)))`,
    );
    expect(type).toBe('application/pdf');
    expect(policy).toMatch(/^sandbox; default-src 'none'/);
    expect(await faultsOf(reader, 'viewer-letter-pdf')).toEqual([]);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('link', { name: 'Bewaar het bestand' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('document.pdf');
  });
});

describe('when it does not go as it should', () => {
  it('is told which source is missing, and asks it once more', async () => {
    await portals.nursingHome.stop();
    const reader = await visitor();
    const { page } = reader;
    try {
      await signIn(reader);
      await look(reader, first());
      const warning = page.getByRole('alert').filter({ hasText: 'niet volledig' });
      await warning.getByText('De Linde').waitFor();
      await expect(await spokenPage(page)).toMatchFileSnapshot(tree('source-down'));
      expect(await faultsOf(reader, 'viewer-source-down')).toEqual([]);
    } finally {
      await portals.nursingHome.start();
    }
    await page.getByRole('button', { name: /nog eens/ }).click();
    await page
      .getByRole('status')
      .filter({ hasText: /^Het overzicht is er/ })
      .waitFor();
  });

  it('is not told that somebody without registrations has no data', async () => {
    const reader = await visitor();
    await signIn(reader);
    await look(reader, '111222333');
    await reader.page.getByText('Dat betekent niet dat er geen zijn').waitFor();
    await expect(await spokenPage(reader.page)).toMatchFileSnapshot(tree('empty'));
    expect(await faultsInEveryWay(reader, 'viewer-empty')).toEqual([]);
  });

  it('is told why it is refused', async () => {
    const reader = await visitor();
    const { page } = reader;
    await signIn(reader);
    await page.getByLabel('Doel').selectOption('BTG');
    await page.getByLabel('Reden van noodtoegang').fill('Zonder spoedeisende hulp');
    await look(reader, first());
    await page.getByRole('alert').first().waitFor();
    await expect(await spokenPage(page)).toMatchFileSnapshot(tree('refused'));
    expect(await faultsInEveryWay(reader, 'viewer-refused')).toEqual([]);
  });

  it('hears what is wrong with a number before anything is asked', async () => {
    const reader = await visitor();
    await signIn(reader);
    await look(reader, '123');
    await reader.page.getByText('Een BSN heeft negen cijfers.').waitFor();
    await expect(await spokenPage(reader.page)).toMatchFileSnapshot(tree('wrong-number'));
    expect(await faultsInEveryWay(reader, 'viewer-wrong-number')).toEqual([]);
  });

  it('is told that the session has ended, and that an address has no page', async () => {
    const reader = await visitor();
    const { page } = reader;
    await signIn(reader);
    await page.goto(`${portals.viewerUrl}/nowhere`);
    await page.getByRole('heading', { level: 1, name: 'Pagina niet gevonden' }).waitFor();
    await expect(await spokenPage(page)).toMatchFileSnapshot(tree('not-found'));
    expect(await faultsInEveryWay(reader, 'viewer-not-found')).toEqual([]);
    await page.goto(portals.viewerUrl);
    await page.getByLabel(/BSN/).waitFor();
    await page.context().clearCookies();
    await look(reader, first());
    await page.getByText('Uw sessie is afgelopen.').waitFor();
    await page.getByLabel('Zorgverlener').waitFor();
    await expect(await spokenPage(page)).toMatchFileSnapshot(tree('session-ended'));
    expect(await faultsInEveryWay(reader, 'viewer-session-ended')).toEqual([]);
  });

  it('keeps tokens and numbers out of everything a script can read', async () => {
    const { page } = await viewOfFirst();
    await settled(page);
    const kept = await page.evaluate<string>(
      'JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }])',
    );
    expect(kept).not.toMatch(/token|eyJ|\d{9}|session/i);
  });
});

hostileDocuments();
