import { decodeXml } from '@samenhang/xml';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCdaProblem, readCda } from './read-cda.js';

const document = '<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2"/></ClinicalDocument>';

describe('readCda', () => {
  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(isCdaProblem(readCda(Buffer.from(bytes)))).toBe(true);
      }),
    );
    const pieces = fc.constantFrom(
      '<a',
      '>',
      '</a>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '"',
      "'",
      '&amp;',
      '<?x ?>',
      document,
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        readCda(Buffer.from(parts.join('')));
      }),
    );
  });

  it('reads documents in the encoding that they state, and refuses those that are not in it', () => {
    const latin = `<?xml version="1.0" encoding="ISO-8859-1"?>${document.replace('<id', '<title>é</title><id')}`;
    expect(readCda(Buffer.from(latin, 'latin1'))).toEqual({ documentId: '1.2', patient: undefined });
    expect(readCda(Buffer.from(document.replace('1.2', '\xe9'), 'latin1'))).toMatchObject({
      code: 'encoding',
    });
    expect(decodeXml(Buffer.from(`\ufeff${document}`, 'utf16le'))).toBe(document);
  });

  it('does not expand entities', () => {
    expect(readCda(Buffer.from(document.replace('1.2', '&#49;&amp;')))).toMatchObject({
      documentId: '&#49;&amp;',
    });
  });
});
