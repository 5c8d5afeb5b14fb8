import { describe, expect, it } from 'vitest';
import { nextPage } from './next-page.js';

const base = 'https://sender.example/tenants/22222222/fhir';
const page = (url: unknown): string =>
  JSON.stringify({ resourceType: 'Bundle', link: [{ relation: 'next', url }] });

describe('the next page', () => {
  it('is below the base of the sender', () => {
    expect(nextPage(page(`${base}/Condition?_cursor=a%2Fb`), base)).toBe('Condition?_cursor=a%2Fb');
    expect(nextPage('{"resourceType":"Bundle"}', base)).toBeUndefined();
    expect(nextPage('{"resourceType":"Condition"}', base)).toBeUndefined();
  });

  it.each([
    'https://elsewhere.example/tenants/22222222/fhir/Condition',
    'https://sender.example/tenants/22222222/fhirs/Condition',
    'https://sender.example/tenants/33333333/fhir/Condition',
    `${base}/../../33333333/fhir/Condition`,
    'http://sender.example/tenants/22222222/fhir/Condition',
    '/Condition',
    'file:///etc/passwd',
    7,
  ])('is not followed to %s', (url) => {
    expect(() => nextPage(page(url), base)).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });

  it.each(['', 'null', '[]', '<html>', '{"resourceType":1}'])(
    'is none in what is no FHIR JSON: %s',
    (text) => {
      expect(() => nextPage(text, base)).toThrow(expect.objectContaining({ kind: 'upstream' }));
    },
  );
});
