import type { MessagePort } from 'node:worker_threads';
import type { SourceMessage, TableFiles, TermSupplement } from '@samenhang/mapping';

/**
 * What a release of the mapping and the service that runs it say to each other. Releases of years ago speak it still: a change
 * that they would not understand is another contract, beside this one.
 */
export const releaseContract = 1;

/** Given to the thread as it starts. */
export interface ReleaseStart {
  /** Set of code tables in the place of those of the release. */
  readonly tables?: { readonly version: number; readonly files: TableFiles };
  /** Answers of a terminology server beside the tables. */
  readonly terms?: TermSupplement;
  /** Where hashes of citizen service numbers are asked: the key stays with the service. Without it, offline, nothing travels. */
  readonly hashes?: HashDesk;
}

/** A question on `port` is answered there, and then the bell is rung: the mapping waits for it without an event loop. */
export interface HashDesk {
  readonly port: MessagePort;
  readonly bell: SharedArrayBuffer;
}

export interface ReleaseQuestion {
  readonly id: number;
  readonly message: Omit<SourceMessage, 'content' | 'hashBsn'> & { readonly content: Uint8Array };
  /** ISO 8601; for how late messages are. */
  readonly receivedAt: string;
}

export type ReleaseAnswer =
  /** Once, before anything else: as which version it maps. */
  | { readonly ready: string }
  /** Once, instead: it cannot read the tables. */
  | { readonly unreadable: string }
  /** A `WrittenMessage` as JSON. */
  | { readonly id: number; readonly written: string };
