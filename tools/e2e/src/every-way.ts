import type { Page } from 'playwright-core';
import { accessibilityTreeOf, treeFaultsOf } from './accessibility-tree.js';
import type { Reader } from './browser.js';
import { focusFaultsOf } from './focus.js';
import { faultsOf, sticksOut } from './page-faults.js';

type Language = 'nl' | 'en';
type Theme = 'light' | 'dark';

/** In CSS pixels of a window of 1280: as it is, at 200 % (WCAG 1.4.4), and at 400 % (WCAG 1.4.10). */
const widths = [1280, 640, 320] as const;
const HEIGHT = 900;

/** Each language, each theme, without having to look at every pair. */
const ways: readonly { readonly language: Language; readonly theme: Theme }[] = [
  { language: 'nl', theme: 'light' },
  { language: 'en', theme: 'dark' },
];

/**
 * All that is wrong with a page as it stands, in Dutch and in English, light and dark, at 100, 200 and 400 %, by eye, by keyboard
 * and by ear. The page is left as it was, in Dutch and light. Use it once the page has all it is to show.
 * @param name of its picture
 * @param languages that the page has, when it does not have both
 */
export async function faultsInEveryWay(
  reader: Reader,
  name: string,
  languages: readonly Language[] = ['nl', 'en'],
): Promise<string[]> {
  const { page } = reader;
  const faults: string[] = [];
  for (const { language, theme } of ways) {
    const way = { theme, language: languages.includes(language) ? language : (languages[0] ?? 'nl') };
    await showIn(page, way);
    const prefix = `${name}, ${way.language}, ${way.theme}`;
    const found = [
      ...(await faultsOf(reader, way.theme === 'dark' ? `${name}-dark` : name)),
      ...(await languageFaultsOf(page, way.language)),
      ...treeFaultsOf(await accessibilityTreeOf(page)),
      ...(await reflowFaultsOf(page)),
    ];
    faults.push(...found.map((fault) => `${prefix}: ${fault}`));
  }
  await showIn(page, { language: languages[0] ?? 'nl', theme: 'light' });
  faults.push(...(await focusFaultsOf(page)).map((fault) => `${name}: ${fault}`));
  return faults;
}

/** By what the reader has for it; a page without settings follows the browser. */
async function showIn(page: Page, { language, theme }: { language: Language; theme: Theme }): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  const choice = page.getByRole('combobox', { name: /^(Taal|Language)$/ });
  if ((await choice.count()) > 0) await choice.selectOption(language);
  const turn = page.getByRole('button', { name: theme === 'dark' ? /^(Donker|Dark)$/ : /^(Licht|Light)$/ });
  if ((await turn.count()) > 0) await turn.click();
  await settled(page);
}

/** Waits until nothing says that it is still being fetched. */
export async function settled(page: Page): Promise<void> {
  await page.locator('[data-loading]').first().waitFor({ state: 'detached' });
}

async function languageFaultsOf(page: Page, language: Language): Promise<string[]> {
  const said = await page.evaluate<string>('document.documentElement.lang');
  return said === language ? [] : [`the page says its language is "${said}"`];
}

async function reflowFaultsOf(page: Page): Promise<string[]> {
  const before = page.viewportSize() ?? { width: widths[0], height: HEIGHT };
  const faults: string[] = [];
  for (const width of widths) {
    await page.setViewportSize({ width, height: HEIGHT });
    if (await sticksOut(page)) faults.push(`sticks out to the side at ${width} pixels`);
  }
  await page.setViewportSize(before);
  return faults;
}
