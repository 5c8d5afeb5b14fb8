import type { ClinicalDocument } from './clinical-document.js';

/** A file as the page shows it. */
export type OpenedFile =
  | { readonly kind: 'text'; readonly text: string; readonly isWhole: boolean }
  | { readonly kind: 'clinical'; readonly document: ClinicalDocument }
  /** Shown as it is, each in its own place of the page: as an image, or by the browser's reader of PDF in a frame. */
  | { readonly kind: 'image' | 'pdf' }
  /** Nothing that is shown here; it can be kept. */
  | { readonly kind: 'other'; readonly contentType: string };
