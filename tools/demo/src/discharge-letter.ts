import type { DemoPerson } from './people.js';

/** A discharge letter in three forms, as hospitals send them side by side: lines of text, a PDF, and a CDA document. */
export interface DischargeLetter {
  readonly lines: readonly string[];
  readonly pdf: Buffer;
  readonly cda: string;
}

export function dischargeLetter(person: DemoPerson): DischargeLetter {
  const name = [person.givenName, person.prefix, person.familyName].filter((part) => part !== '').join(' ');
  const lines = [
    'Geachte collega,',
    'Uw patient was opgenomen op de afdeling cardiologie.',
    'Het HbA1c daalde van 71 naar 58 mmol/mol. De medicatie is niet gewijzigd.',
    'Controle over drie maanden bij de huisarts.',
  ];
  return { lines, pdf: onePagePdf(['Ontslagbrief', name, ...lines]), cda: cdaOf(name, lines) };
}

function cdaOf(name: string, lines: readonly string[]): string {
  const paragraphs = lines.map((line) => `<paragraph>${line}</paragraph>`).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
  <title>Ontslagbrief</title><effectiveTime value="20261108100000+0100"/>
  <recordTarget><patientRole><patient><name>${name}</name></patient></patientRole></recordTarget>
  <author><assignedAuthor><assignedPerson><name>K. Hartman</name></assignedPerson></assignedAuthor></author>
  <custodian><assignedCustodian><representedCustodianOrganization><name>Ziekenhuis Noord</name>
    </representedCustodianOrganization></assignedCustodian></custodian>
  <component><structuredBody>
    <component><section><title>Beloop</title><text>${paragraphs}</text></section></component>
    <component><section><title>Uitslagen</title><text><table>
      <thead><tr><th>Bepaling</th><th>Mei</th><th>November</th></tr></thead>
      <tbody><tr><td>HbA1c (mmol/mol)</td><td>64</td><td>58</td></tr></tbody></table></text></section></component>
  </structuredBody></component>
</ClinicalDocument>`;
}

/** A PDF of one page with one line below the other (ISO 32000-1, 7.5); plain letters only. */
function onePagePdf(lines: readonly string[]): Buffer {
  const words = lines.map((line) => `(${line.replace(/[\\()]/g, '\\$&')}) Tj T*`).join(' ');
  const content = `BT /F1 12 Tf 16 TL 40 780 Td ${words} ET`;
  const objects = [
    '<</Type/Catalog/Pages 2 0 R/Lang(nl-NL)>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
    `<</Length ${content.length}>>\nstream\n${content}\nendstream`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, at) => {
    const offset = text.length;
    text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const size = objects.length + 1;
  text += `xref\n0 ${size}\n0000000000 65535 f \n${offsets.join('')}trailer\n<</Size ${size}/Root 1 0 R>>\n`;
  return Buffer.from(`${text}startxref\n${text.indexOf('xref\n')}\n%%EOF\n`, 'latin1');
}
