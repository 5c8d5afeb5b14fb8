import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, pageLanguage, plainPage } from './plain-page.js';

describe('a plain page', () => {
  it('is in the language that the browser likes best of those there are', () => {
    expect(pageLanguage('nl-NL,nl;q=0.9,en;q=0.8')).toBe('nl');
    expect(pageLanguage('de,en-GB;q=0.8,nl;q=0.5')).toBe('en');
    expect(pageLanguage('fr')).toBe('nl');
    expect(pageLanguage(undefined)).toBe('nl');
  });

  it('names its language, its subject and whose it is', () => {
    const page = plainPage({ language: 'en', title: 'Sign in', site: 'A & B', body: '<p>Here</p>' });
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('<title>Sign in – A &#38; B</title>');
    expect(page).toMatch(/<header>.*<\/header>\n<main><h1>Sign in<\/h1>\n<p>Here<\/p>\n<\/main><footer>/s);
  });

  it('lets no text become markup', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']/);
      }),
    );
  });
});
