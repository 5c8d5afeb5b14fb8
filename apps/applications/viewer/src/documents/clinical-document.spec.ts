import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findClinicalDocument, type ClinicalSection, type Narrative } from './clinical-document.js';

const document = (body: string, header = ''): string =>
  `<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3">${header}<component>${body}</component></ClinicalDocument>`;
const withText = (text: string): string =>
  document(
    `<structuredBody><component><section><title>Course</title><text>${text}</text></section></component></structuredBody>`,
  );

function sectionsOf(text: string): readonly ClinicalSection[] {
  const read = findClinicalDocument(text);
  if (read?.kind !== 'sections') throw new Error('There are no sections');
  return read.document.sections;
}

function wordsIn(contents: readonly Narrative[]): string {
  return contents.map((one) => (typeof one === 'string' ? one : wordsIn(one.contents))).join('');
}

function tagsIn(contents: readonly Narrative[]): string[] {
  return contents.flatMap((one) => (typeof one === 'string' ? [] : [one.tag, ...tagsIn(one.contents)]));
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

describe('a CDA document', () => {
  it('says who wrote it, when, about whom', () => {
    const header = `<title>Discharge</title><effectiveTime value="20261105143000+0100"/>
      <recordTarget><patientRole><patient><name><given>Anna</given><family>Jansen</family></name></patient></patientRole></recordTarget>
      <author><assignedAuthor><assignedPerson><name>K. Hartman</name></assignedPerson></assignedAuthor></author>
      <custodian><assignedCustodian><representedCustodianOrganization><name>Noord</name></representedCustodianOrganization></assignedCustodian></custodian>`;
    expect(findClinicalDocument(document('<structuredBody/>', header))).toEqual({
      kind: 'sections',
      document: {
        title: 'Discharge',
        patient: 'Anna Jansen',
        author: 'K. Hartman',
        custodian: 'Noord',
        date: '2026-11-05T14:30:00+01:00',
        sections: [],
      },
    });
  });

  it('keeps paragraphs, lists and tables, and sections within sections', () => {
    const inner = '<component><section><title>Inner</title><text>Deep</text></section></component>';
    const [section] = sectionsOf(
      document(`<structuredBody><component><section><title>Outer</title>
        <text><caption>Head</caption><list listType="ordered"><item>one</item></list>
          <table><caption>Values</caption><thead><tr><th>a</th></tr></thead><tbody><tr><td/></tr></tbody></table></text>
        ${inner}</section></component></structuredBody>`),
    );
    expect(tagsIn(section?.contents ?? [])).toEqual([
      ...['strong', 'ol', 'li', 'table', 'caption', 'thead', 'tr', 'th', 'tbody', 'tr', 'td'],
    ]);
    expect(section?.sections).toEqual([{ title: 'Inner', contents: ['Deep'], sections: [] }]);
  });

  it('makes nothing of markup of other kinds but words', () => {
    const [section] = sectionsOf(
      withText(
        `<script>alert(1)</script><img src="x" onerror="alert(1)"/><linkHtml href="javascript:alert(1)">Click</linkHtml>
         <renderMultiMedia referencedObject="m"/><paragraph styleCode="x" onclick="alert(1)">Words</paragraph>`,
      ),
    );
    expect(tagsIn(section?.contents ?? [])).toEqual(['p']);
    expect(JSON.stringify(section)).not.toMatch(/href|onerror|onclick|javascript:/);
  });

  it('gives a body that is another file as that file', () => {
    const content = Buffer.from('%PDF-1.4').toString('base64');
    const body = `<nonXMLBody><text mediaType="application/pdf" representation="B64">\n${content}\n</text></nonXMLBody>`;
    expect(findClinicalDocument(document(body))).toEqual({
      kind: 'file',
      contentType: 'application/pdf',
      content: Buffer.from('%PDF-1.4'),
    });
  });

  it('is not read with a document type, when it is not well-formed, or nested without measure', () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "b">]>${withText('&a;')}`;
    const deep = withText(`${'<content>'.repeat(200)}x${'</content>'.repeat(200)}`);
    for (const text of [bomb, deep, '<ClinicalDocument>', '<html/>', '', 'text'])
      expect(findClinicalDocument(text)).toBeUndefined();
  });

  it('keeps every word that is written, whatever it looks like', () => {
    // What XML can hold: no control characters; ends of lines are one.
    const words = fc
      .string({ unit: 'grapheme', maxLength: 60 })
      .map((text) => text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, ' '))
      .filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(words, (text) => {
        const [section] = sectionsOf(withText(`<paragraph>${escaped(text)}</paragraph>`));
        expect(wordsIn(section?.contents ?? [])).toBe(text);
        expect(tagsIn(section?.contents ?? [])).toEqual(['p']);
      }),
    );
  });

  it('never fails, whatever it is given', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '</section>',
      '<text>',
      '&#0;',
      '&#x110000;',
      '<![CDATA[',
      ']]>',
      '<!--',
      'ClinicalDocument',
      ' ',
      '"',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
        findClinicalDocument(pieces.join(''));
        findClinicalDocument(withText(pieces.join('')));
      }),
    );
  });
});
