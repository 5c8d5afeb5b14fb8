import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { identifierSystems } from '@samenhang/data-model';
import { decodeXml, findXmlDanger } from '@samenhang/xml';

/** A document as read at the door: which it is, and whose. */
export interface CdaReading {
  /** `root` and `extension` of the document's id: the same id is the same document (CDA R2, 4.2.1.5). */
  readonly documentId: string;
  readonly patient: { readonly system: string; readonly value: string } | undefined;
}

export interface CdaProblem {
  readonly code: string;
  readonly location: string;
  readonly text: string;
}

interface XmlElement {
  readonly [name: string]: unknown;
}

const NAMESPACE = 'urn:hl7-org:v3';
/** The parser leaves prefixes and their declarations out: the root's is looked for in the text. */
const ROOT = /<(?:[\w.-]+:)?ClinicalDocument\s[^<>]*\bxmlns(?::[\w.-]+)?\s*=\s*["']urn:hl7-org:v3["']/;
/** BSN in CDA (OID register of HL7 Netherlands). */
const BSN_OID = '2.16.840.1.113883.2.4.6.3';

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  removeNSPrefix: true,
  // Only what identifies document and patient is looked at here.
  stopNodes: ['*.component', '*.structuredBody', '*.nonXMLBody', '*.text'],
});

/** Reads as much of a CDA R2 document as the door needs. Mapping comes later. */
export function readCda(content: Buffer): CdaReading | CdaProblem {
  const text = decodeXml(content);
  if (text === undefined)
    return problem('encoding', '', 'The document is not in the encoding that it states');
  const danger = findXmlDanger(text);
  if (danger !== undefined) return problem('structure', '', danger.message);
  if (XMLValidator.validate(text) !== true)
    return problem('structure', '', 'The document is not well-formed XML');
  const document = child(parser.parse(text), 'ClinicalDocument');
  if (document === undefined || !ROOT.test(text))
    return problem('structure', '/', `The root is not ClinicalDocument in ${NAMESPACE}`);
  const documentId = instanceIdentifier(child(document, 'id'));
  if (documentId === undefined) return problem('required', '/ClinicalDocument/id', 'The document has no id');
  const role = child(child(document, 'recordTarget'), 'patientRole');
  return { documentId, patient: patientOf(role) };
}

export function isCdaProblem(reading: CdaReading | CdaProblem): reading is CdaProblem {
  return 'code' in reading;
}

/** The source's own number, as it is on every document of the patient; the BSN where there is nothing else. */
function patientOf(role: XmlElement | undefined): CdaReading['patient'] {
  const ids = children(role, 'id').flatMap((id) => {
    const root = id['@root'];
    const extension = id['@extension'];
    return typeof root === 'string' && typeof extension === 'string' && extension !== ''
      ? [{ root, extension }]
      : [];
  });
  const chosen = ids.find(({ root }) => root !== BSN_OID) ?? ids[0];
  if (chosen === undefined) return undefined;
  const system = chosen.root === BSN_OID ? identifierSystems.bsn : `urn:oid:${chosen.root}`;
  return { system, value: chosen.extension };
}

function instanceIdentifier(id: XmlElement | undefined): string | undefined {
  const root = id?.['@root'];
  if (typeof root !== 'string' || root === '') return undefined;
  const extension = id?.['@extension'];
  return typeof extension === 'string' ? `${root}^${extension}` : root;
}

function child(element: unknown, name: string): XmlElement | undefined {
  return children(element, name)[0];
}

function children(element: unknown, name: string): XmlElement[] {
  if (typeof element !== 'object' || element === null) return [];
  const value = (element as XmlElement)[name];
  return (Array.isArray(value) ? (value as unknown[]) : [value]).filter(
    (one): one is XmlElement => typeof one === 'object' && one !== null,
  );
}

function problem(code: string, location: string, text: string): CdaProblem {
  return { code, location, text };
}
