import { describe, expect, it } from 'vitest';
import { treeFaultsOf, type SpokenNode } from './accessibility-tree.js';

const page = (...nodes: SpokenNode[]): SpokenNode[] => [
  { role: 'RootWebArea', name: 'A page' },
  { role: 'banner', name: '' },
  { role: 'main', name: '' },
  { role: 'heading', name: 'First', level: 1 },
  ...nodes,
  { role: 'contentinfo', name: '' },
];

describe('what is wrong with a page for who listens', () => {
  it('is nothing when all has its place and its name', () => {
    expect(
      treeFaultsOf(
        page(
          { role: 'heading', name: 'Second', level: 2 },
          { role: 'button', name: 'Send' },
          { role: 'list', name: '' },
        ),
      ),
    ).toEqual([]);
  });

  it('is each thing that is missing, skipped or nameless', () => {
    expect(
      treeFaultsOf(page({ role: 'heading', name: 'Third', level: 3 }, { role: 'textbox', name: '' })),
    ).toEqual(['heading "Third" of level 3 after level 1', 'a textbox without a name']);
    expect(treeFaultsOf([{ role: 'RootWebArea', name: '' }])).toEqual([
      '0 headings of level 1',
      '0 landmarks banner',
      '0 landmarks main',
      '0 landmarks contentinfo',
      'no title',
    ]);
    expect(treeFaultsOf(page({ role: 'heading', name: 'Again', level: 1 }))).toEqual([
      '2 headings of level 1',
    ]);
  });
});
