import { constants, inflateSync } from 'node:zlib';

/**
 * Names by which a PDF acts by itself when a reader opens it, or by which what is in it cannot be seen beforehand
 * (ISO 32000-1, 7.6 and 12.6.4).
 */
const ACTIONS = /\/(?:JavaScript|JS|Launch|SubmitForm|ImportData|RichMedia|XFA|Encrypt)(?![A-Za-z0-9])/;
const OBJECT_STREAM = /\/ObjStm(?![A-Za-z0-9])/;
const MOST_INFLATED_BYTES = 50_000_000;

/**
 * Whether a PDF would do something nobody asked for, such as run a script. Objects are looked at wherever they may be: in the
 * file itself and in its compressed streams of objects; what cannot be looked at counts as such.
 */
export function actsByItself(content: Buffer): boolean {
  const text = content.toString('latin1');
  let at = 0;
  while (at < text.length) {
    const keyword = text.indexOf('stream', at);
    const end = keyword === -1 ? text.length : keyword;
    const objects = withNames(text.slice(at, end));
    if (ACTIONS.test(objects)) return true;
    if (keyword === -1) return false;
    const start = afterLine(text, keyword + 'stream'.length);
    const close = text.indexOf('endstream', start);
    const last = close === -1 ? text.length : close;
    const dictionary = objects.slice(objects.lastIndexOf(' obj'));
    if (OBJECT_STREAM.test(dictionary) && streamActs(content.subarray(start, last))) return true;
    at = last + 'endstream'.length;
  }
  return false;
}

/** A stream of objects is compressed by Flate; by anything else it cannot be looked at. */
function streamActs(stream: Buffer): boolean {
  try {
    const objects = inflateSync(stream, {
      maxOutputLength: MOST_INFLATED_BYTES,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    return ACTIONS.test(withNames(objects.toString('latin1')));
  } catch {
    return true;
  }
}

/** Any letter of a name may be written by its number (ISO 32000-1, 7.3.5). */
function withNames(text: string): string {
  return text.replace(/#([0-9A-Fa-f]{2})/g, (_whole, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function afterLine(text: string, at: number): number {
  if (text.startsWith('\r\n', at)) return at + 2;
  return /[\r\n]/.test(text.charAt(at)) ? at + 1 : at;
}
