import { MllpSender, pharmacyDeBrug, hospitalNoord } from '@samenhang/demo';
import { portOffsets } from '@samenhang/service-kit';
import { describe, expect, it } from 'vitest';
import { ConsoleReader, tabTo, type ReaderOptions, faultsOf } from '../src/index.js';
import { browser, portals, usePortals } from './portals-in-browser.js';

usePortals();

const HOSPITAL = hospitalNoord.ura;
const ZIS = 'ZIS Ziekenhuis Noord';
const hostileName = '<img src=x onerror=document.title="taken">';

async function signedIn(login: string, options?: ReaderOptions): Promise<ConsoleReader> {
  const one = await ConsoleReader.open(browser, portals, options);
  await one.signIn(login);
  return one;
}

const admission = (controlId: string, number: string, familyName: string): string =>
  [
    `MSH|^~\\&|ZIS|NOORD|SAMENHANG|NOORD|20261121080000+0100||ADT^A01^ADT_A01|${controlId}|P|2.5|||||NLD|UNICODE UTF-8`,
    'EVN|A01|20261120103000+0100',
    `PID|1||${number}^^^NOORD^PI||${familyName}^Test^^^^^L||19700101|F`,
    'PV1|1|I|CARD^101^1',
    '',
  ].join('\r');

describe('somebody who operates sources', () => {
  it('sees flow and lag as charts with their values beside them, and how services outside are', async () => {
    const one = await signedIn(HOSPITAL);
    const { page } = one;
    const lag = page.getByRole('img', { name: `Wachtende berichten, ${ZIS}` });
    await expect
      .poll(
        async () => {
          await page.getByRole('button', { name: 'Ververs' }).click();
          return page.getByRole('img', { name: `Berichten per minuut, ${ZIS}` }).count();
        },
        { timeout: 90_000, interval: 1_000 },
      )
      .toBe(1);
    await lag.waitFor();
    await page.getByText('Dezelfde waarden als tabel').first().click();
    const values = page.getByRole('table', { name: `Doorstroom, ${ZIS}` });
    expect(await values.getByRole('row').count()).toBeGreaterThan(2);
    await page.getByRole('row', { name: /^Adressering \(LRZa\) antwoordt/ }).waitFor();
    expect(await faultsOf(one.reader, 'console-flow')).toEqual([]);
  });

  it('opens a message in quarantine, sees why, follows it to its bytes and offers it again', async () => {
    const one = await signedIn(HOSPITAL);
    const { page } = one;
    await one.goTo('Quarantaine');
    await page.getByRole('rowheader').getByRole('link').last().click();
    await page.getByRole('table', { name: 'Redenen' }).getByRole('row').nth(1).waitFor();
    expect(await faultsOf(one.reader, 'console-quarantine-entry')).toEqual([]);
    await page.getByRole('link', { name: 'Bekijk het bericht' }).click();
    await page.getByRole('alert').getByText('De vertaling weigert dit bericht').waitFor();
    expect(await faultsOf(one.reader, 'console-message-refused')).toEqual([]);
    await page.goBack();
    await page.getByRole('button', { name: 'Bied opnieuw aan' }).click();
    await page.getByRole('button', { name: 'Bied opnieuw aan' }).waitFor({ state: 'detached' });
    expect(await page.getByText('nog niet').count()).toBe(0);
  });

  it('replays after seeing the difference: stops one, and lets another come to its end', async () => {
    const one = await signedIn(HOSPITAL);
    const { page } = one;
    await one.goTo('Opnieuw aanbieden');
    await page.getByLabel('Bron').selectOption({ label: ZIS });
    await page.getByLabel('Soort bericht').fill('ADT');
    await page.getByLabel('Berichten per seconde').fill('1');
    expect(await page.getByRole('button', { name: 'Bied opnieuw aan' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Toon het verschil' }).click();
    await page.getByRole('button', { name: 'Bied opnieuw aan' }).waitFor();
    expect(await faultsOf(one.reader, 'console-replay-difference')).toEqual([]);
    await page.getByRole('button', { name: 'Bied opnieuw aan' }).click();
    await page.getByRole('progressbar', { name: /^Voortgang/ }).waitFor();
    expect(await faultsOf(one.reader, 'console-replay')).toEqual([]);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('status').getByText('gestopt').waitFor();
    await page.getByLabel('Berichten per seconde').fill('2000');
    await page.getByRole('button', { name: 'Toon het verschil' }).click();
    await page.getByRole('button', { name: 'Bied opnieuw aan' }).click();
    await page.getByRole('status').getByText('klaar').waitFor({ timeout: 60_000 });
    await page.getByRole('row', { name: /klaar/ }).waitFor();
    expect(await faultsOf(one.reader, 'console-replay-done')).toEqual([]);
  });

  it('changes an entry of a table: hears what is wrong, tries it, takes it into use and back', async () => {
    const one = await signedIn(HOSPITAL);
    const { page } = one;
    await one.goTo('Vertaaltabellen');
    await page.getByRole('link', { name: 'Wijzig de tabellen van de uitgave' }).click();
    await page.getByLabel('Tabel', { exact: true }).selectOption('hl7-tables / 0001 / codes');
    await page.getByLabel('Zoek een regel').fill('female');
    await page.getByRole('button', { name: 'Wijzig F', exact: true }).click();
    await page.getByLabel('Waarde').fill('other');
    await page.getByRole('button', { name: 'Zet in de tabel' }).click();
    await page.getByRole('row', { name: /0001.*F other/ }).waitFor();
    const addTest = async (value: string): Promise<void> => {
      await page.getByLabel('Wat wordt getest').fill(`wordt ${value}`);
      await page.getByLabel('Bericht, zonder').fill(admission('T', '1', 'Test').replaceAll('\r', '\n'));
      await page.getByLabel('Soort resource').fill('Patient');
      await page.getByLabel('Plaats daarin').fill('gender');
      await page.getByLabel('Wat daar moet staan').fill(value);
      await page.getByRole('button', { name: 'Test toevoegen' }).click();
    };
    await addTest('female');
    await page.getByRole('button', { name: 'Controleer' }).click();
    await page
      .getByRole('alert')
      .getByText(/should be "female", and is \["other"\]/)
      .first()
      .waitFor();
    expect(await faultsOf(one.reader, 'console-table-editor')).toEqual([]);
    await page.getByRole('button', { name: 'Verwijder wordt female' }).click();
    await addTest('other');
    await page.getByRole('button', { name: 'Controleer' }).click();
    await page.getByText('De tabellen kloppen en slagen voor hun tests.').waitFor();
    await page.getByLabel('Toelichting').fill('geslacht anders');
    await page.getByRole('button', { name: 'Bewaar als nieuwe set' }).click();
    await page.getByRole('heading', { level: 1, name: /^Set \d+$/ }).waitFor();
    await page.getByLabel('Bron').selectOption({ label: ZIS });
    await page.getByRole('button', { name: 'Probeer' }).click();
    await page
      .getByRole('region', { name: 'Wat het zou veranderen' })
      .getByText(/gewijzigd Patient\/.*gender/)
      .first()
      .waitFor();
    expect(await faultsOf(one.reader, 'console-table-set')).toEqual([]);
    await page.getByRole('button', { name: 'Neem in gebruik' }).click();
    await page.getByRole('definition').getByText('in gebruik', { exact: true }).waitFor();
    await one.goTo('Vertaaltabellen');
    await page.getByRole('button', { name: 'Terug naar de tabellen van de uitgave' }).click();
    await page.getByRole('row', { name: /zoals uitgegeven .*in gebruik/ }).waitFor();
    expect(await faultsOf(one.reader, 'console-mapping-sets')).toEqual([]);
  });

  it('moves between care providers, and sees the sources of one at a time', async () => {
    const one = await signedIn('regio');
    const { page } = one;
    await one.goTo('Zorgaanbieders');
    expect(await faultsOf(one.reader, 'console-organisations')).toEqual([]);
    await page.getByRole('button', { name: `Kies ${pharmacyDeBrug.name}` }).click();
    await page.getByRole('banner').getByText(pharmacyDeBrug.name).waitFor();
    await one.goTo('Bronnen');
    await page.getByRole('link', { name: 'AIS De Brug' }).waitFor();
    expect(await page.getByRole('link', { name: ZIS }).count()).toBe(0);
  });

  it('reads hostile text in a message as text', async () => {
    const sender = new MllpSender({
      host: '127.0.0.1',
      port: portals.options.portBase + portOffsets['mllp-hospital'],
    });
    const { code } = await sender.send(admission('HOSTILE-1', '799001', `${hostileName}</script>`));
    sender.close();
    expect(code).toBe('AA');
    const one = await signedIn(HOSPITAL, { language: 'en', theme: 'dark', width: 640 });
    const { page } = one;
    await one.goTo('Sources');
    await page.getByRole('link', { name: ZIS }).click();
    await page
      .getByRole('row', { name: /HOSTILE-1/ })
      .getByRole('link')
      .click();
    await page.getByRole('group', { name: 'As received' }).getByText(hostileName).waitFor();
    await page.getByRole('definition').getByText(hostileName).first().click();
    await page.getByText('From the message').waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    expect(await page.title()).not.toBe('taken');
    expect(await faultsOf(one.reader, 'console-message-hostile-dark-200')).toEqual([]);
  });

  it('replays by keyboard alone', async () => {
    const { page } = await signedIn(HOSPITAL);
    await page.getByRole('heading', { level: 1, name: 'Overzicht' }).waitFor();
    await tabTo(page, 'Opnieuw aanbieden');
    await page.keyboard.press('Enter');
    await page.getByLabel('Bron').waitFor();
    await tabTo(page, 'Bron');
    await page.keyboard.type('ZIS');
    await tabTo(page, 'Toon het verschil');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Bied opnieuw aan' }).waitFor();
    await tabTo(page, 'Bied opnieuw aan');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('klaar').waitFor({ timeout: 60_000 });
  });

  it('is told so when the services are down', async () => {
    const one = await signedIn(HOSPITAL);
    const { page } = one;
    await page.getByRole('heading', { level: 1, name: 'Overzicht' }).waitFor();
    await portals.stopPlatform();
    await page.reload();
    await page.getByRole('row', { name: /^ingest onbereikbaar/ }).waitFor();
    await page.getByRole('row', { name: /^Toestemming \(Mitz\) onbekend/ }).waitFor();
    expect(await faultsOf(one.reader, 'console-overview-down')).toEqual([]);
    for (const name of ['Bronnen', 'Quarantaine', 'Opnieuw aanbieden', 'Vertaaltabellen']) {
      await one.goTo(name);
      await page.getByRole('alert').first().waitFor();
    }
    expect(await faultsOf(one.reader, 'console-down')).toEqual([]);
  });
});
