import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeXml, findElement, parseXml, wordsOf, XmlError } from './index.js';

describe('parseXml', () => {
  it('resolves namespaces, whatever prefix they have, and lets an inner declaration hold inside', () => {
    const root = parseXml(
      '<h:a xmlns:h="urn:one"><b xmlns="urn:two"><c/></b><h:d h:e="1" e="2"/><x:f/></h:a>',
    );
    expect(root).toMatchObject({ namespace: 'urn:one', name: 'a', attributes: {} });
    expect(findElement(root, 'b', 'c')?.namespace).toBe('urn:two');
    expect(findElement(root, 'd')).toMatchObject({ namespace: 'urn:one', attributes: { e: '2' } });
    expect(findElement(root, 'f')?.namespace).toBe('');
  });

  it('names types by one prefix', () => {
    const declared = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"';
    expect(parseXml(`<v ${declared} i:type="CD"/>`).attributes).toEqual({ 'xsi:type': 'CD' });
    expect(parseXml('<v xsi:type="CD" other:type="PQ"/>').attributes).toEqual({ 'xsi:type': 'CD' });
  });

  it('keeps any text, escaped, in content and attributes', () => {
    const legible = fc
      .string({ unit: 'grapheme' })
      .filter((text) => !/[\0-\x1f\x7f-\x9f\ud800-\udfff]|[\ufffe\uffff]/.test(text));
    fc.assert(
      fc.property(legible, (text) => {
        const root = parseXml(`<a b="${escapeXml(text)}">${escapeXml(text)}</a>`);
        expect(root.attributes['b']).toBe(text);
        expect(root.contents.join('')).toBe(text);
      }),
    );
  });

  it('reads no entity but those of XML', () => {
    expect(wordsOf(parseXml('<a>&lt;&#233;&#x20AC;&unknown;</a>'))).toBe('<é€&unknown;');
  });

  it('refuses what is no one document', () => {
    for (const text of ['', 'words', '<a>', '<a/><b/>', '<a></b>'])
      expect(() => parseXml(text)).toThrow(XmlError);
  });
});
