import type { Page } from 'playwright-core';

/** More of a page is more of the same: rows of a table, lines of a list. */
const MOST_STEPS = 25;

/** What has the focus: how it is called, whether one can see that it has it, and where it is. Null at the page itself. */
const FOCUSED = `(() => {
  const element = document.activeElement;
  if (element === null || element === document.body || element === document.documentElement) return null;
  const style = getComputedStyle(element);
  const { top, bottom, width, height } = element.getBoundingClientRect();
  return {
    name: (element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent ?? '').trim().slice(0, 60),
    isShown: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none',
    isInSight: bottom > 0 && top < innerHeight && width > 0 && height > 0,
  };
})()`;

interface Focused {
  readonly name: string;
  readonly isShown: boolean;
  readonly isInSight: boolean;
}

/** What goes wrong for who walks through the page with the Tab key (WCAG 2.4.7, 2.4.11): a focus that cannot be seen. */
export async function focusFaultsOf(page: Page): Promise<string[]> {
  await page.evaluate('document.activeElement?.blur?.()');
  const faults: string[] = [];
  for (let step = 0; step < MOST_STEPS; step += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<Focused | null>(FOCUSED);
    if (focused === null) break;
    if (!focused.isShown) faults.push(`the focus cannot be seen at "${focused.name}"`);
    if (!focused.isInSight) faults.push(`the focus is out of sight at "${focused.name}"`);
  }
  return [...new Set(faults)];
}
