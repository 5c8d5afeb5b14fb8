import { viewUrls } from '@samenhang/data-model';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = new URL('../../conformance/', import.meta.url);

describe('extensions and code systems of a view', () => {
  it('are all published as conformance resources', () => {
    const files = readdirSync(folder).filter((file) => !file.startsWith('OperationDefinition'));
    const published = files.map(
      (file) => (JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as { url: string }).url,
    );
    expect(published.sort()).toEqual(Object.values(viewUrls).sort());
  });
});
