import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { urlOf } from '@samenhang/demo';
import { AccessTokens, authorisedFetch } from '@samenhang/identity';
import type { JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { faultsOf, tabTo, type Reader } from '../src/index.js';
import { browser, portals, usePortals } from './portals-in-browser.js';
import { signInAsStaff } from './signed-in.js';

usePortals();

const HOSTILE = '</script><img src=x onerror=alert(1)>';
const DAY_MS = 86_400_000;

async function open(path = '/', ...options: Parameters<typeof browser.reader>): Promise<Reader> {
  const reader = await browser.reader(...options);
  await reader.page.goto(`${portals.researchUrl}${path}`);
  return reader;
}

async function signIn({ page }: Reader, login: string, password = portals.password): Promise<void> {
  await page.getByRole('link', { name: /^(inloggen|sign in)$/i }).click();
  await page.getByLabel(/gebruikersnaam|user name/i).fill(login);
  await page.getByLabel(/wachtwoord|password/i).fill(password);
  await page.getByRole('button', { name: /inloggen|sign in/i }).click();
  if (password === portals.password)
    await page.getByRole('button', { name: /uitloggen|sign out/i }).waitFor();
}

async function goTo({ page }: Reader, name: string): Promise<void> {
  await page.getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

/** What the operator of pseudonymisation does once a permit is granted. */
async function makeKeys(scopes: readonly string[]): Promise<void> {
  const { options } = portals;
  const tokens = new AccessTokens({
    issuer: urlOf(options, 'authorisation-server'),
    clientId: 'operator',
    clientKey: JSON.parse(
      readFileSync(join(options.secretsDirectory, 'client-operator.json'), 'utf8'),
    ) as JWK,
  });
  const audience = urlOf(options, 'pseudonymisation');
  for (const recipientScope of scopes) {
    const token = await tokens.clientCredentials({ audience, scope: 'prs:admin' });
    const answer = await authorisedFetch(token, `${audience}/administration/key-versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ recipientOrganization: 'oin:00000099000000002000', recipientScope }),
      timeoutMs: 30_000,
    });
    expect(answer.ok, await answer.text()).toBe(true);
  }
}

describe('research', () => {
  let permitPath = '';

  it('shows the catalogue to anybody, and lets in with the right password only', async () => {
    const reader = await open();
    await reader.page
      .getByRole('rowheader', { name: /^Demografie/ })
      .first()
      .waitFor();
    expect(await faultsOf(reader, 'research-catalogue')).toEqual([]);
    await signIn(reader, 'onderzoeker', 'wrong');
    await reader.page.getByRole('alert').getByText('Login or password is wrong').waitFor();
    expect(await faultsOf(reader, 'research-sign-in')).toEqual([]);
  });

  it('takes an application: says what is wrong, takes it once it is mended, and shows hostile text as text', async () => {
    const reader = await open();
    const { page } = reader;
    await signIn(reader, 'onderzoeker');
    await goTo(reader, 'Vergunningen');
    await page.getByText('U hebt nog niets aangevraagd.').waitFor();
    expect(await faultsOf(reader, 'research-permits-empty')).toEqual([]);
    await goTo(reader, 'Aanvragen');
    await page.getByLabel('Titel').fill(HOSTILE);
    const patient = page.getByRole('group', { name: 'Patient', exact: true });
    await patient.getByLabel('gender').check();
    await patient.getByLabel('birthDate').check();
    await page.getByRole('group', { name: 'Condition', exact: true }).getByLabel('code').check();
    await page.getByLabel('Wat u wilt hebben').selectOption('pseudonymised');
    await page.getByLabel('Hoe precies datums zijn').selectOption('year');
    await page.getByRole('button', { name: 'Dien in' }).click();
    await page
      .getByRole('alert')
      .getByText(/period/)
      .waitFor();
    expect(await faultsOf(reader, 'research-application-wrong')).toEqual([]);
    await page.getByLabel('Van', { exact: true }).fill('2000-01-01');
    await page.getByLabel('Tot', { exact: true }).fill('2030-01-01');
    await page.getByRole('button', { name: 'Dien in' }).click();
    await page.getByRole('heading', { level: 1, name: HOSTILE }).waitFor();
    await page.getByText('ingediend').waitFor();
    expect(await page.getByRole('button', { name: 'Tel', exact: true }).count()).toBe(0);
    expect(await faultsOf(reader, 'research-permit-submitted')).toEqual([]);
    permitPath = new URL(page.url()).pathname;
  });

  it('has it assessed by another organisation', async () => {
    const reader = await open();
    const { page } = reader;
    await signIn(reader, 'beoordelaar');
    await goTo(reader, 'Beoordelen');
    const application = page.getByRole('region', { name: HOSTILE });
    await application.getByRole('button', { name: 'Verleen' }).click();
    await application.getByRole('alert').waitFor();
    await application
      .getByLabel('Verleen tot')
      .fill(new Date(Date.now() + 30 * DAY_MS).toISOString().slice(0, 10));
    await application.getByRole('button', { name: 'Verleen' }).click();
    const keys = await application.getByText(/sleutels voor/).textContent();
    expect(await faultsOf(reader, 'research-assessment')).toEqual([]);
    await makeKeys(keys?.match(/(?:project|counting)-[\w-]+/g) ?? []);
  });

  it('counts, and withholds what would say too much', async () => {
    const reader = await open('/', { language: 'en', theme: 'dark', width: 640 });
    const { page } = reader;
    await signIn(reader, 'onderzoeker');
    await goTo(reader, 'Permits');
    await page.getByRole('link', { name: HOSTILE }).click();
    await page.getByLabel('By').selectOption('gender');
    await page.getByLabel('Value', { exact: true }).fill('no value!');
    await page.getByRole('button', { name: 'Count', exact: true }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Value', { exact: true }).fill('female');
    // The key of a new project takes a moment to be known everywhere.
    await expect
      .poll(
        async () => {
          await page.getByRole('button', { name: 'Count', exact: true }).click();
          const answer = page.getByText(/^(Withheld|Not answered|About)/).or(page.getByRole('alert'));
          await answer.first().waitFor({ timeout: 90_000 });
          return answer.first().textContent();
        },
        { timeout: 90_000, interval: 1_000 },
      )
      .toMatch(/^Withheld/);
    expect(await faultsOf(reader, 'research-count-dark-200')).toEqual([]);
  });

  it('makes a table in the airlock, has it checked, and only then gives it', async () => {
    const reader = await open();
    const { page } = reader;
    await signIn(reader, 'onderzoeker');
    await goTo(reader, 'Vergunningen');
    await page.getByRole('link', { name: HOSTILE }).click();
    await page.getByLabel('Weergave (SQL on FHIR)').waitFor();
    const view = await page.getByLabel('Weergave (SQL on FHIR)').inputValue();
    await page.getByLabel('Weergave (SQL on FHIR)').fill('{');
    await page.getByRole('button', { name: 'Vraag aan' }).click();
    await page.getByText('De weergave is geen JSON.').waitFor();
    await page.getByLabel('Weergave (SQL on FHIR)').fill(view);
    await page.getByRole('button', { name: 'Vraag aan' }).click();
    await page.locator('[aria-current="step"]').getByText('wacht op controle').waitFor({ timeout: 90_000 });
    expect(await page.getByRole('button', { name: 'Haal op' }).count()).toBe(0);
    expect(await faultsOf(reader, 'research-output-checking')).toEqual([]);

    const checker = await open();
    await signIn(checker, 'controleur');
    await goTo(checker, 'Uitvoer controleren');
    await checker.page.getByRole('button', { name: /^Bekijk/ }).waitFor();
    expect(await faultsOf(checker, 'research-checks')).toEqual([]);
    const [looked] = await Promise.all([
      checker.page.waitForEvent('download'),
      checker.page.getByRole('button', { name: 'Bekijk' }).click(),
    ]);
    expect(readFileSync(await looked.path(), 'utf8')).toContain('birth_year');
    await checker.page.getByRole('button', { name: 'Geef vrij' }).click();
    await checker.page.getByText('Er wacht geen uitvoer op controle.').waitFor({ timeout: 90_000 });

    await page.getByRole('button', { name: 'Haal op' }).waitFor({ timeout: 90_000 });
    const [given] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Haal op' }).click(),
    ]);
    expect(given.suggestedFilename()).toMatch(/\.csv$/);
    const table = readFileSync(await given.path(), 'utf8');
    expect(table).toContain('birth_year');
    for (const { bsn } of portals.people) expect(table).not.toContain(bsn);
    expect(await faultsOf(reader, 'research-output-released')).toEqual([]);

    await page.getByText('Wat dit is en waar het vandaan komt').click();
    await page.getByRole('heading', { name: 'Manifest' }).waitFor();
    await page.getByRole('cell', { name: /^[\da-f]{64}$/ }).waitFor();
    expect(await faultsOf(reader, 'research-manifest')).toEqual([]);
    const [manifest] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Haal op: manifest' }).click(),
    ]);
    expect(JSON.parse(readFileSync(await manifest.path(), 'utf8'))).toMatchObject({
      permit: { outputKind: 'pseudonymised' },
      files: [{ name: 'table.csv' }],
    });
  });

  it('is done by keyboard alone', async () => {
    const { page } = await open();
    await page.getByRole('link', { name: 'Inloggen' }).waitFor();
    await tabTo(page, 'Inloggen');
    await page.keyboard.press('Enter');
    await page.getByLabel('Gebruikersnaam').waitFor();
    await tabTo(page, 'Gebruikersnaam');
    await page.keyboard.type('onderzoeker');
    await tabTo(page, 'Wachtwoord');
    await page.keyboard.type(portals.password);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Vergunningen' }).waitFor();
    await tabTo(page, 'Vergunningen');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: HOSTILE }).waitFor();
    await tabTo(page, HOSTILE);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: HOSTILE }).waitFor();
  });

  it.each([
    { kind: 'omop', title: 'OMOP 2030', table: 'Tabellen van OMOP' },
    { kind: 'ai-sets', title: 'Model 2030', table: 'Verzamelingen' },
  ])('makes $kind, and tells what the check found', async ({ kind, title, table }) => {
    const reader = await open();
    const { page } = reader;
    await signIn(reader, 'onderzoeker');
    await goTo(reader, 'Aanvragen');
    await page.getByLabel('Titel').fill(title);
    const patient = page.getByRole('group', { name: 'Patient', exact: true });
    for (const element of ['gender', 'birthDate']) await patient.getByLabel(element).check();
    const condition = page.getByRole('group', { name: 'Condition', exact: true });
    for (const element of ['code', 'recordedDate', 'onsetDateTime'])
      await condition.getByLabel(element).check();
    await page.getByLabel('Wat u wilt hebben').selectOption(kind);
    await page.getByLabel('Hoe precies datums zijn').selectOption('shifted');
    await page.getByLabel('Van', { exact: true }).fill('2000-01-01');
    await page.getByLabel('Tot', { exact: true }).fill('2030-01-01');
    await page.getByRole('button', { name: 'Dien in' }).click();
    await page.getByRole('heading', { level: 1, name: title }).waitFor();

    const assessor = await open();
    await signIn(assessor, 'beoordelaar');
    await goTo(assessor, 'Beoordelen');
    const application = assessor.page.getByRole('region', { name: title });
    await application
      .getByLabel('Verleen tot')
      .fill(new Date(Date.now() + 30 * DAY_MS).toISOString().slice(0, 10));
    await application.getByRole('button', { name: 'Verleen' }).click();
    const keys = await application.getByText(/sleutels voor/).textContent();
    await makeKeys(keys?.match(/project-[\w-]+/g) ?? []);

    await page.reload();
    await page.getByRole('button', { name: 'Vraag aan' }).waitFor();
    expect(await faultsOf(reader, `research-${kind}-request`)).toEqual([]);
    // The key of a new project takes a moment to be known everywhere.
    await expect
      .poll(
        async () => {
          await page.getByRole('button', { name: 'Vraag aan' }).click();
          const end = page
            .locator('[aria-current="step"]')
            .first()
            .getByText(/wacht op controle|mislukt/);
          await end.waitFor({ timeout: 90_000 });
          return end.textContent();
        },
        { timeout: 90_000, interval: 1_000 },
      )
      .toBe('wacht op controle');
    await page.getByRole('table', { name: table }).first().waitFor();
    expect(await faultsOf(reader, `research-${kind}-checking`)).toEqual([]);
  });

  it('gives nothing after the permit is withdrawn', async () => {
    const researcher = await open();
    await signIn(researcher, 'onderzoeker');
    await goTo(researcher, 'Vergunningen');
    await researcher.page.getByRole('link', { name: HOSTILE }).click();
    const give = researcher.page.getByRole('button', { name: 'Haal op' });
    await give.waitFor();

    const assessor = await open();
    await signIn(assessor, 'beoordelaar');
    await goTo(assessor, 'Beoordelen');
    await assessor.page
      .getByRole('region', { name: HOSTILE })
      .getByRole('button', { name: 'Trek in' })
      .click();
    await assessor.page.getByText('ingetrokken').waitFor();

    await give.click();
    await researcher.page
      .getByRole('alert')
      .getByText(/withdrawn/)
      .waitFor();
    await researcher.page.reload();
    await researcher.page.getByText('Deze vergunning is ingetrokken').waitFor();
    await researcher.page.getByText('vrijgegeven').first().waitFor();
    expect(await researcher.page.getByRole('button', { name: /^(Haal op|Vraag aan)/ }).count()).toBe(0);
    expect(await faultsOf(researcher, 'research-withdrawn')).toEqual([]);
  });

  it('asks to sign in again when the session has ended, and lets nobody else in', async () => {
    const reader = await open();
    await signIn(reader, 'onderzoeker');
    await goTo(reader, 'Catalogus');
    await reader.page.context().clearCookies();
    await reader.page.getByRole('link', { name: 'Vergunningen' }).click();
    await reader.page.getByText('Uw sessie is afgelopen').waitFor();
    await reader.page.getByLabel('Gebruikersnaam').waitFor();
    expect(await faultsOf(reader, 'research-session-ended')).toEqual([]);
    const stranger = await open(permitPath);
    await stranger.page.getByLabel('Gebruikersnaam').waitFor();
    expect(await stranger.page.getByText('birthDate').count()).toBe(0);
  });

  it('lets somebody in by the login of their organisation, in the role that they have there', async () => {
    const { page } = await open('/sign-in');
    await signInAsStaff(page, 'Onno Onderzoeker');
    await page.getByRole('banner').getByText('Onno Onderzoeker, Onderzoeksinstituut').waitFor();
    await page.getByRole('link', { name: 'Aanvragen' }).waitFor();
    expect(await page.getByRole('link', { name: 'Beoordelen' }).count()).toBe(0);
  });

  it('says so when the services are down, and keeps what was filled in', async () => {
    const reader = await open();
    const { page } = reader;
    await signIn(reader, 'onderzoeker');
    await goTo(reader, 'Aanvragen');
    await page.getByLabel('Titel').fill('Een vraag');
    await page.getByRole('group', { name: 'Patient', exact: true }).getByLabel('gender').check();
    await page.getByLabel('Van', { exact: true }).fill('2000-01-01');
    await page.getByLabel('Tot', { exact: true }).fill('2030-01-01');
    await portals.stopPlatform();
    await page.getByRole('button', { name: 'Dien in' }).click();
    await page.getByRole('alert').first().waitFor();
    expect(await page.getByLabel('Titel').inputValue()).toBe('Een vraag');
    expect(await faultsOf(reader, 'research-application-down')).toEqual([]);
    for (const name of ['Vergunningen', 'Catalogus']) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.getByRole('alert').first().waitFor();
    }
    expect(await faultsOf(reader, 'research-catalogue-down')).toEqual([]);
    const checker = await open();
    await signIn(checker, 'controleur');
    await checker.page.getByRole('link', { name: 'Uitvoer controleren' }).click();
    await checker.page.getByRole('alert').first().waitFor();
    expect(await faultsOf(checker, 'research-checks-down')).toEqual([]);
  });
});
