import { dataCategories, guardedTypes } from '@samenhang/data-model';
import { describe, expect, it } from 'vitest';
import { languages, resourceTypeIn } from './plain-words.js';

describe('the words of the log', () => {
  it('name in plain words every type that a care provider gives', () => {
    const types = [...dataCategories.map(({ resourceType }) => resourceType), ...guardedTypes];
    for (const language of languages)
      for (const type of types) expect(resourceTypeIn(language, type), type).not.toBe(type);
  });
});
