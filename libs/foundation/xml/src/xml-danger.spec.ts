import { describe, expect, it } from 'vitest';
import { findXmlDanger } from './xml-danger.js';

const document = '<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2"/></ClinicalDocument>';

describe('findXmlDanger', () => {
  it('finds document types wherever they stand, and nothing in comments, sections and quotes', () => {
    expect(findXmlDanger(`<!DOCTYPE a>${document}`)).toMatchObject({ fault: 'document-type' });
    expect(findXmlDanger(`<!-- ok --><!ENTITY x "y">${document}`)).toMatchObject({ fault: 'document-type' });
    expect(
      findXmlDanger('<a b="<!DOCTYPE"><!-- <!DOCTYPE > --><![CDATA[<!DOCTYPE a>]]></a>'),
    ).toBeUndefined();
    expect(findXmlDanger('<a b=">" c=\'<!DOCTYPE\'/>')).toBeUndefined();
  });

  it('bounds depth and number of elements', () => {
    expect(findXmlDanger('<a>'.repeat(101))).toMatchObject({ fault: 'too-deep' });
    expect(findXmlDanger('<a/>'.repeat(500_001))).toMatchObject({ fault: 'too-many-elements' });
    expect(findXmlDanger(`${'<a>'.repeat(100)}${'</a>'.repeat(100)}`)).toBeUndefined();
  });
});
