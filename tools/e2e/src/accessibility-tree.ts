import type { Page } from 'playwright-core';

/** What a screen reader is told of one thing on a page. */
export interface SpokenNode {
  readonly role: string;
  readonly name: string;
  /** Of a heading. */
  readonly level?: number;
}

interface BrowserNode {
  readonly ignored: boolean;
  readonly role?: { readonly value?: unknown };
  readonly name?: { readonly value?: unknown };
  readonly properties?: readonly { readonly name: string; readonly value: { readonly value?: unknown } }[];
}

/** The page as a screen reader gets it, in the order in which it reads it. */
export async function accessibilityTreeOf(page: Page): Promise<SpokenNode[]> {
  const session = await page.context().newCDPSession(page);
  try {
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    return (nodes as readonly BrowserNode[])
      .filter(({ ignored }) => !ignored)
      .map(({ role, name, properties = [] }) => {
        const level = properties.find((property) => property.name === 'level')?.value.value;
        return {
          role: String(role?.value ?? ''),
          name: String(name?.value ?? '').trim(),
          ...(role?.value === 'heading' && typeof level === 'number' ? { level } : {}),
        };
      });
  } finally {
    await session.detach();
  }
}

/** What must have a name, because it is operated, or gone to, by it. */
const named: ReadonlySet<string> = new Set([
  'button',
  'checkbox',
  'combobox',
  'dialog',
  'image',
  'link',
  'listbox',
  'menuitem',
  'navigation',
  'progressbar',
  'radio',
  'region',
  'searchbox',
  'slider',
  'spinbutton',
  'switch',
  'tab',
  'table',
  'textbox',
]);

/** There once on every page: where it begins, what it is about, where it ends. */
const landmarks = ['banner', 'main', 'contentinfo'] as const;

/**
 * What somebody who listens would stumble over: no single first heading, a level that is skipped, a landmark that is missing, a
 * control or image without a name, a page without a title.
 */
export function treeFaultsOf(nodes: readonly SpokenNode[]): string[] {
  const faults: string[] = [];
  const headings = nodes.filter(({ role }) => role === 'heading');
  const first = headings.filter(({ level }) => level === 1).length;
  if (first !== 1) faults.push(`${first} headings of level 1`);
  let before = 0;
  for (const { level = 0, name } of headings) {
    if (name === '') faults.push(`a heading of level ${level} without text`);
    if (level > before + 1) faults.push(`heading "${name}" of level ${level} after level ${before}`);
    before = level;
  }
  if (!nodes.some(({ role }) => role === 'dialog'))
    for (const landmark of landmarks) {
      const count = nodes.filter(({ role }) => role === landmark).length;
      if (count !== 1) faults.push(`${count} landmarks ${landmark}`);
    }
  for (const { role, name } of nodes)
    if (named.has(role) && name === '') faults.push(`a ${role} without a name`);
  if (nodes.find(({ role }) => role === 'RootWebArea')?.name === '') faults.push('no title');
  return faults;
}
