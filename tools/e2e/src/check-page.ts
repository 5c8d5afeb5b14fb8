import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rootFolder = fileURLToPath(new URL('../../../', import.meta.url));

export interface PageCheck {
  /** Rules of axe-core that the page breaks, with the first place. */
  readonly violations: readonly string[];
  /** Whether something sticks out to the side, so that a reader would have to scroll in two directions (WCAG 1.4.10). */
  readonly sticksOut: boolean;
}

/**
 * Looks at a page as it stands: accessibility rules and reflow. With `UPDATE_SCREENSHOTS=true` a picture of it is kept in
 * `docs/screens`.
 */
export async function checkPage(page: Page, name: string): Promise<PageCheck> {
  if (process.env['UPDATE_SCREENSHOTS'] === 'true') {
    const folder = join(rootFolder, 'docs', 'screens');
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  }
  const sticksOut = await page.evaluate<boolean>(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth',
  );
  return { violations: await violationsOf(page), sticksOut };
}

/** The policy of the page forbids foreign script; the debugger's own evaluation is not bound by it. */
async function violationsOf(page: Page): Promise<string[]> {
  const debuggerSession = await page.context().newCDPSession(page);
  try {
    await debuggerSession.send('Runtime.evaluate', { expression: axeSource });
    const { result } = await debuggerSession.send('Runtime.evaluate', {
      expression: `axe.run().then(({ violations }) => JSON.stringify(violations.map(({ id, nodes }) =>
        id + ': ' + nodes[0].html.slice(0, 200) + ' ' + nodes[0].failureSummary)))`,
      awaitPromise: true,
      returnByValue: true,
    });
    return JSON.parse(String(result.value)) as string[];
  } finally {
    await debuggerSession.detach();
  }
}
