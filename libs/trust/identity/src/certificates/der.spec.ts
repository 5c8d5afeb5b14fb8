import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDer } from './der.js';

describe('readDer', () => {
  it('reads whatever comes without reading beyond it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const elements = readDer(Buffer.from(bytes));
        const total = elements.reduce((sum, { content }) => sum + content.length + 2, 0);
        expect(total).toBeLessThanOrEqual(Math.max(bytes.length, 0));
      }),
    );
  });
});
