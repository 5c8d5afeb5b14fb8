import type { Page } from 'playwright-core';

/** What has the focus, as it is called: the label of a field, else its text. */
export function focusedName(page: Page): Promise<string> {
  return page.evaluate<string>(
    '(document.activeElement?.labels?.[0]?.textContent ?? document.activeElement?.textContent ?? "").trim()',
  );
}

/** Presses Tab until what is called so has the focus. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let presses = 0; presses < 200; presses += 1) {
    const at = await focusedName(page);
    if (typeof name === 'string' ? at === name : name.test(at)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Nothing named ${String(name)} can be reached with the Tab key`);
}
