import type { MessageId, SourceFormat } from '@samenhang/data-model';
import type { Source } from '../sources/source.js';

/** Why a message cannot be taken further; no patient data in any part. */
export interface Refusal {
  readonly code: string;
  /** Segment path or FHIRPath. */
  readonly location: string;
  readonly text: string;
}

/** A message as it came in, ready to be stored. */
export interface Arrival {
  readonly source: Source;
  readonly format: SourceFormat;
  readonly content: Buffer;
  /** SHA-256 of the content, hexadecimal. */
  readonly contentHash: string;
  readonly controlId: string | undefined;
  readonly orderingKey: string;
  readonly receivedAt: Date;
  /** Set when the message goes into quarantine instead of on its way. */
  readonly refusal: Refusal | undefined;
}

/** What became of an arrival, once it is committed. */
export interface Receipt {
  readonly messageId: MessageId;
  /** The same message was stored before: it had its effect then and has no second one. */
  readonly isDuplicate: boolean;
}
