import { describe, expect, it } from 'vitest';
import { continueTrace } from './trace-context.js';

const form = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

describe('trace of a view', () => {
  it('is that of the caller, with a span of its own', () => {
    const given = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
    const own = continueTrace(given);
    expect(own).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/);
    expect(own).not.toBe(given);
  });

  it.each([
    undefined,
    '',
    '900186021',
    `00-${'0'.repeat(32)}-b7ad6b7169203331-00`,
    'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00',
  ])('is a new one where the caller sends %s', (header) => {
    expect(continueTrace(header)).toMatch(form);
    expect(continueTrace(header)).not.toBe(continueTrace(header));
  });
});
