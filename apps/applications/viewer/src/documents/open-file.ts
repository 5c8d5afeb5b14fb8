import type { ForeignFile } from '@samenhang/portal-server';
import { findClinicalDocument } from './clinical-document.js';
import { findPictureType, findText, typeOf, type FileContent } from './file-content.js';
import type { OpenedFile } from './opened-file.js';
import { actsByItself } from './pdf-actions.js';

/** What the page shows, and the file that it may fetch beside it. */
export interface Opening {
  readonly shown: OpenedFile;
  readonly file: ForeignFile;
}

const MAXIMUM_CHARACTERS = 500_000;

/** How a file is shown. What it is said to be is a hint; how it begins decides what a browser is told it is. */
export function openFile(given: FileContent): Opening {
  return openOnce(given, true);
}

function openOnce(given: FileContent, mayHoldAnother: boolean): Opening {
  const picture = findPictureType(given);
  if (picture === 'application/pdf' && actsByItself(given.content))
    return {
      shown: { kind: 'other', contentType: picture },
      file: { contentType: 'application/octet-stream', content: given.content },
    };
  if (picture !== undefined)
    return {
      shown: { kind: picture === 'application/pdf' ? 'pdf' : 'image' },
      file: { contentType: picture, content: given.content },
    };
  const file = { contentType: 'application/octet-stream', content: given.content };
  const text = findText(given);
  if (text === undefined) return { shown: { kind: 'other', contentType: given.type }, file };
  const read = /<(?:[\w.-]+:)?ClinicalDocument[\s>]/.test(text) ? findClinicalDocument(text) : undefined;
  if (read?.kind === 'sections') return { shown: { kind: 'clinical', document: read.document }, file };
  if (read?.kind === 'file' && mayHoldAnother)
    return openOnce({ ...typeOf(read.contentType), content: read.content }, false);
  const isWhole = text.length <= MAXIMUM_CHARACTERS;
  return { shown: { kind: 'text', text: isWhole ? text : text.slice(0, MAXIMUM_CHARACTERS), isWhole }, file };
}
