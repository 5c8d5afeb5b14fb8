/** Encodings that documents may state; without a statement XML is UTF-8, or what its byte order mark says. */
export function decodeXml(content: Buffer): string | undefined {
  const beginning = content.subarray(0, 200).toString('latin1');
  const stated = /^(?:\xef\xbb\xbf)?<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']/.exec(
    beginning,
  )?.[1];
  const encoding = byteOrderMark(content) ?? stated ?? 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}

function byteOrderMark(content: Buffer): string | undefined {
  if (content[0] === 0xff && content[1] === 0xfe) return 'utf-16le';
  if (content[0] === 0xfe && content[1] === 0xff) return 'utf-16be';
  return undefined;
}
