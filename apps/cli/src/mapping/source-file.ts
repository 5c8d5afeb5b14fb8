import type { SourceFormat } from '@samenhang/data-model';

/** One message in a file, and the line it begins at when the file holds several. */
export interface MessageInFile {
  readonly format: SourceFormat;
  readonly content: Buffer;
  readonly line?: number;
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
/** Framing of MLLP, left in files that were copied from the wire. */
const MLLP_FRAMING = /[\u000b\u001c]/g;
/** Envelope of HL7 v2 batch files (HL7 v2.5, chapter 2.10.3). */
const BATCH_ENVELOPE = /^(?:FHS|BHS|BTS|FTS)/;

/** The messages of a source file, by what it looks like: FHIR JSON, NDJSON, CDA, or HL7 v2, one or many in a file. */
export function splitSourceFile(bytes: Buffer): MessageInFile[] {
  const content = bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes;
  const text = content.toString('utf8');
  // The encoding of XML is written inside it: it stays as it is.
  if (/^\s*</.test(text)) return [{ format: 'cda', content: bytes }];
  return /^\s*[{[]/.test(text) ? splitJson(content, text) : splitHl7(content);
}

function splitJson(content: Buffer, text: string): MessageInFile[] {
  const lines = text.split('\n').map((line, index) => ({ line: index + 1, text: line.trim() }));
  const filled = lines.filter((line) => line.text !== '');
  const whole: MessageInFile = { format: 'fhir-r4', content };
  if (filled.length < 2 || !isJson(filled[0]?.text ?? '')) return [whole];
  return filled.map((line) => ({ format: 'fhir-r4', content: Buffer.from(line.text), line: line.line }));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Works on bytes in the guise of Latin-1: which character set a message has is written inside it. */
function splitHl7(content: Buffer): MessageInFile[] {
  const messages: { line: number; segments: string[] }[] = [];
  const segments = content
    .toString('latin1')
    .replace(MLLP_FRAMING, '')
    .split(/\r\n|\r|\n/);
  segments.forEach((segment, index) => {
    if (segment.trim() === '' || BATCH_ENVELOPE.test(segment)) return;
    const current = messages.at(-1);
    if (current === undefined || segment.startsWith('MSH'))
      messages.push({ line: index + 1, segments: [segment] });
    else current.segments.push(segment);
  });
  if (messages.length === 0) return [{ format: 'hl7v2', content }];
  return messages.map(({ line, segments: own }) => ({
    format: 'hl7v2',
    content: Buffer.from(`${own.join('\r')}\r`, 'latin1'),
    ...(messages.length > 1 ? { line } : {}),
  }));
}
