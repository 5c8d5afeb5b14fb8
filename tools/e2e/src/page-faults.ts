import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import type { Reader } from './browser.js';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rootFolder = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * What is wrong with a page as it stands: accessibility rules that it breaks (axe-core), something that sticks out to the side, so
 * that a reader would have to scroll in two directions (WCAG 1.4.10), and what it did so far that it should not. With
 * `UPDATE_SCREENSHOTS=true` a picture of it is kept in `docs/screens`.
 */
export async function faultsOf({ page, faults }: Reader, name: string): Promise<string[]> {
  // A page of the harness itself, to see what it notices, has no address.
  if (process.env['UPDATE_SCREENSHOTS'] === 'true' && page.url() !== 'about:blank') {
    const folder = join(rootFolder, 'docs', 'screens');
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`) });
  }
  const isTooWide = await sticksOut(page);
  return [...(await violationsOf(page)), ...(isTooWide ? ['sticks out to the side'] : []), ...faults];
}

/** Whether the whole page would have to be scrolled sideways. */
export function sticksOut(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth',
  );
}

/** Those of WCAG 2.2 AA, among them what axe leaves out unless it is asked for, and what it holds to be good practice. */
const axeOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  rules: { 'target-size': { enabled: true } },
};

/** The policy of the page forbids foreign script; the debugger's own evaluation is not bound by it. */
async function violationsOf(page: Page): Promise<string[]> {
  const debuggerSession = await page.context().newCDPSession(page);
  try {
    await debuggerSession.send('Runtime.evaluate', { expression: axeSource });
    const { result } = await debuggerSession.send('Runtime.evaluate', {
      expression: `axe.run(document, ${JSON.stringify(axeOptions)}).then(({ violations }) => JSON.stringify(violations.map(({ id, nodes }) =>
        id + ': ' + nodes[0].html.slice(0, 200) + ' ' + nodes[0].failureSummary)))`,
      awaitPromise: true,
      returnByValue: true,
    });
    return JSON.parse(String(result.value)) as string[];
  } finally {
    await debuggerSession.detach();
  }
}
