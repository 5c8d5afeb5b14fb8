import type { Page } from 'playwright-core';

/** What text from elsewhere would have to become to do something: elements, attributes and addresses that our pages never have. */
const INJECTED = `[
  ...[...document.querySelectorAll('script:not([src]), iframe, object, embed, base, main img, svg script')].map(({ outerHTML }) => outerHTML),
  ...[...document.querySelectorAll('*')].flatMap((element) =>
    [...element.attributes]
      .filter(({ name, value }) => /^on/i.test(name) || (/^(href|src|action|formaction)$/i.test(name) && /^\\s*(javascript|data|vbscript):/i.test(value)))
      .map(({ name, value }) => element.tagName + ' ' + name + '=' + value)),
  ...(document.title.includes('taken') && !document.title.includes('<') ? ['the title was changed'] : []),
].map((text) => text.slice(0, 200))`;

/** Whatever of a page text made that should have stayed text. */
export async function injectionsInto(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(INJECTED);
}
