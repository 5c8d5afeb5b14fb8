import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actsByItself } from './pdf-actions.js';

const pdf = (...objects: (string | Buffer)[]): Buffer =>
  Buffer.concat(['%PDF-1.7\n', ...objects, '\ntrailer<</Root 1 0 R>>'].map((part) => Buffer.from(part)));
const plain = '1 0 obj<</Type/Catalog/Pages 2 0 R/Lang(nl-NL)>>endobj\n';
const stream = (dictionary: string, content: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`5 0 obj<<${dictionary}>>\nstream\r\n`),
    content,
    Buffer.from('\nendstream endobj\n'),
  ]);
const packed = (objects: string): Buffer =>
  stream('/Type/ObjStm/N 1/First 4/Filter/FlateDecode', deflateSync(Buffer.from(objects)));

describe('a PDF that acts by itself', () => {
  it('is known by its actions, however their names are written', () => {
    for (const action of [
      '/S/JavaScript/JS(x)',
      '/S/J#61vaScript',
      '/S/Launch',
      '/S/SubmitForm',
      '/XFA 3 0 R',
    ])
      expect(actsByItself(pdf(plain, `9 0 obj<<${action}>>endobj`)), action).toBe(true);
  });

  it('is known by what is in its compressed objects, and by what cannot be looked at', () => {
    expect(actsByItself(pdf(plain, packed('9 0 <</S/JavaScript/JS(x)>>')))).toBe(true);
    expect(actsByItself(pdf(plain, stream('/Type/ObjStm', Buffer.from('unreadable'))))).toBe(true);
    expect(actsByItself(pdf(plain, 'trailer<</Encrypt 8 0 R>>'))).toBe(true);
  });

  it('is not one that only has words, pictures and links', () => {
    const picture = stream(
      '/Subtype/Image/Filter/DCTDecode',
      Buffer.from('xx/JS (in a picture) /JavaScript xx'),
    );
    const link = '7 0 obj<</S/URI/URI(https://example.org/JS1)>>endobj';
    expect(actsByItself(pdf(plain, packed('9 0 <</Type/Page>>'), picture, link))).toBe(false);
  });

  it('is found after any content', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const content = Buffer.from(bytes);
        fc.pre(!content.toString('latin1').includes('stream'));
        expect(actsByItself(pdf(plain, stream('/Length 1', content), '9 0 obj<</S/JavaScript>>'))).toBe(true);
      }),
    );
  });
});
