import { decodeXml, parseXml, XmlError, type XmlElement } from '@samenhang/xml';
import { rejection } from '../source-message.js';

const MOST_BYTES = 20_000_000;

/**
 * The root element of a document.
 *
 * @throws MessageRejected
 */
export function parseDocument(content: Buffer): XmlElement {
  if (content.length > MOST_BYTES) throw rejection('too-large', '$this', 'The document is larger than 20 MB');
  const text = decodeXml(content);
  if (text === undefined)
    throw rejection('unknown-charset', '$this', 'The document is not in the encoding that it states');
  try {
    return parseXml(text);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw rejection(error.fault === 'not-well-formed' ? 'not-xml' : error.fault, '$this', error.message);
  }
}
