import { SamenhangFailure, type DocumentFile } from '@samenhang/client';

/** Files larger than this are not opened here. */
export const MAXIMUM_FILE_BYTES = 10_000_000;

/** What a file holds, and what it is said to be: type without parameters, in lower case. */
export interface FileContent {
  readonly type: string;
  readonly charset?: string;
  readonly content: Buffer;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** @throws Failure when it is too large, or not what base64 can be */
export function readContent({ contentType, data }: DocumentFile): FileContent {
  if (data.length * 0.75 > MAXIMUM_FILE_BYTES)
    throw new SamenhangFailure('too-large', 'This file is too large to be opened here');
  const compact = data.replace(/\s/g, '');
  if (!BASE64.test(compact))
    throw new SamenhangFailure('upstream', 'The source gave a file that cannot be read');
  return { ...typeOf(contentType), content: Buffer.from(compact, 'base64') };
}

export function typeOf(contentType: string): Pick<FileContent, 'type' | 'charset'> {
  const [type = '', ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters
    .find((part) => part.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  return { type, ...(charset === undefined ? {} : { charset }) };
}

const startsWith = (bytes: Buffer, at: number, text: string): boolean =>
  bytes.subarray(at, at + text.length).toString('latin1') === text;

/** Kinds that a browser shows without running anything, known by how they begin, whatever they are said to be. */
const signatures: readonly { readonly type: string; readonly fits: (content: Buffer) => boolean }[] = [
  { type: 'application/pdf', fits: (content) => startsWith(content, 0, '%PDF-') },
  { type: 'image/png', fits: (content) => startsWith(content, 0, '\u0089PNG\r\n\u001a\n') },
  { type: 'image/jpeg', fits: (content) => startsWith(content, 0, '\u00ff\u00d8\u00ff') },
  { type: 'image/gif', fits: (content) => /^GIF8[79]a$/.test(content.subarray(0, 6).toString('latin1')) },
  {
    type: 'image/webp',
    fits: (content) => startsWith(content, 0, 'RIFF') && startsWith(content, 8, 'WEBP'),
  },
];

/** The type of an image or a PDF; undefined for everything else, SVG and HTML among it. */
export function findPictureType({ content }: FileContent): string | undefined {
  return signatures.find(({ fits }) => fits(content))?.type;
}

/** Types whose content is words. HTML and SVG are among them: their source is shown, not what it makes. */
const textTypes = /^(?:text\/.*|application\/(?:[\w.-]+\+)?(?:xml|json)|image\/svg\+xml|)$/;

/** Undefined for what is said to be something else, or holds what no text does. */
export function findText({ type, charset, content }: FileContent): string | undefined {
  if (!textTypes.test(type) || content.subarray(0, 1_000).includes(0)) return undefined;
  for (const label of [charset, 'utf-8', 'windows-1252']) {
    if (label === undefined) continue;
    try {
      return new TextDecoder(label, { fatal: true }).decode(content);
    } catch {
      // An unknown name of a character set, or not the one it is: the next is tried.
    }
  }
  return undefined;
}
