import type { Locator, Page } from 'playwright-core';
import { settled } from './every-way.js';

/**
 * A page, or a part of it, as somebody hears it: roles and names in the order in which they are read, lists by their first item. Numbers stand as
 * 0, so that dates, counts and identifiers do not make it another page.
 */
export async function spokenPage(page: Page, part: Locator = page.locator('body')): Promise<string> {
  await settled(page);
  // Where a link leads is not read.
  const lines = (await part.ariaSnapshot()).split('\n').filter((line) => !/^\s*- \/url:/.test(line));
  return `${withoutFurtherItems(lines)
    .join('\n')
    .replace(/\d+(?:[.,]\d+)*/g, '0')}\n`;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** Lines of the first item of each list; those of the items after it depend on how long the list is. */
function withoutFurtherItems(lines: readonly string[]): string[] {
  const kept: string[] = [];
  /** Depths at which the list that is being read has had its first item. */
  const begun = new Set<number>();
  let skippedFrom: number | undefined;
  for (const line of lines) {
    const indent = indentOf(line);
    if (skippedFrom !== undefined && indent > skippedFrom) continue;
    skippedFrom = undefined;
    for (const depth of begun) if (depth > indent) begun.delete(depth);
    if (/^\s*- listitem\b/.test(line)) {
      if (begun.has(indent)) {
        skippedFrom = indent;
        continue;
      }
      begun.add(indent);
    } else begun.delete(indent);
    kept.push(line);
  }
  return kept;
}
