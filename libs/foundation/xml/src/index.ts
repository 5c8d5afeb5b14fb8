export { decodeXml } from './decode-xml.js';
export { escapeXml } from './escape-xml.js';
export { parseXml } from './parse-xml.js';
export { findXmlDanger } from './xml-danger.js';
export * from './xml-element.js';
export { XmlError, type XmlFault } from './xml-error.js';
