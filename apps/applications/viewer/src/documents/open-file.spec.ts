import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAXIMUM_FILE_BYTES, readContent } from './file-content.js';
import { openFile } from './open-file.js';

const open = (contentType: string, content: string | Buffer) =>
  openFile(readContent({ contentType, data: Buffer.from(content).toString('base64') }));

const png = Buffer.from('89504e470d0a1a0a0000', 'hex');

describe('a file that is opened', () => {
  it('is text in the character set that it is in', () => {
    expect(open('text/plain; charset=utf-8', 'Ziekte van Ménière').shown).toEqual({
      kind: 'text',
      text: 'Ziekte van Ménière',
      isWhole: true,
    });
    const latin = Buffer.from('Ménière', 'latin1');
    for (const type of ['text/plain; charset="ISO-8859-1"', 'text/plain', 'text/plain; charset=nonsense'])
      expect(open(type, latin).shown).toMatchObject({ text: 'Ménière' });
  });

  it('is shown in part when it is long', () => {
    expect(open('text/plain', 'a'.repeat(600_000)).shown).toMatchObject({ isWhole: false });
  });

  it('is an image or a PDF by how it begins, whatever it is said to be', () => {
    expect(open('text/html', png)).toMatchObject({
      shown: { kind: 'image' },
      file: { contentType: 'image/png' },
    });
    expect(open('', '%PDF-1.7')).toMatchObject({
      shown: { kind: 'pdf' },
      file: { contentType: 'application/pdf' },
    });
  });

  it('never reaches the browser as something that runs', () => {
    const hostile = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    for (const type of [
      'image/svg+xml',
      'text/html',
      'application/xhtml+xml',
      'image/png',
      'application/pdf',
    ]) {
      const { shown, file } = open(type, hostile);
      expect(['text', 'other']).toContain(shown.kind);
      expect(file.contentType).toBe('application/octet-stream');
    }
    fc.assert(
      fc.property(fc.string(), fc.uint8Array(), (type, content) => {
        const { file } = open(type, Buffer.from(content));
        expect(file.contentType).toMatch(
          /^(?:application\/(?:octet-stream|pdf)|image\/(?:png|jpeg|gif|webp))$/,
        );
      }),
    );
  });

  it('is what a CDA document holds, one deep', () => {
    const holding = (inner: string, type: string): string =>
      `<ClinicalDocument xmlns="urn:hl7-org:v3"><component><nonXMLBody><text mediaType="${type}" representation="B64">${Buffer.from(inner).toString('base64')}</text></nonXMLBody></component></ClinicalDocument>`;
    expect(open('text/xml', holding('%PDF-1.4', 'application/pdf')).shown).toEqual({ kind: 'pdf' });
    const twice = holding(holding('Words', 'text/plain'), 'text/xml');
    expect(open('text/xml', twice).shown).toMatchObject({ kind: 'text' });
  });

  it('is refused when it is too large or no base64', () => {
    const data = 'A'.repeat(4 * Math.ceil(MAXIMUM_FILE_BYTES / 3) + 400);
    expect(() => readContent({ contentType: '', data })).toThrow(/too large/);
    expect(() => readContent({ contentType: '', data: 'not base64!' })).toThrow(/cannot be read/);
  });
});
