import type { DataCategory, Ura } from '@samenhang/data-model';
import type { SourcedResource } from '@samenhang/merge';

/** How the conversation with one source ended. `empty` is an answer: the source was asked and holds nothing (any more). */
export type SourceStatus =
  'ok' | 'empty' | 'refused' | 'timed-out' | 'unreachable' | 'invalid' | 'no-endpoint';

/** A registered custodian, and the categories it says to hold for the patient. */
export interface RegisteredSource {
  readonly custodian: Ura;
  readonly categories: readonly DataCategory[];
  /** Types of which facts of no data category are asked too. */
  readonly others?: readonly string[];
}

export interface SourceReport {
  readonly custodian: Ura;
  readonly custodianName?: string;
  readonly status: SourceStatus;
  readonly milliseconds: number;
  readonly resources: readonly SourcedResource[];
  /** Categories that are missing although the source as a whole answered. */
  readonly missing: readonly MissingCategory[];
  /** How much it delivered. */
  readonly bytes?: number;
}

export interface MissingCategory {
  /** A data category, or a type of which facts of none were asked. */
  readonly category: string;
  readonly status: Exclude<SourceStatus, 'ok' | 'empty' | 'no-endpoint'>;
}

/** Ends the conversation with a source, or one search in it. The text names no patient and no value. */
export class SourceFailure extends Error {
  constructor(
    readonly status: MissingCategory['status'],
    text: string,
    options?: ErrorOptions,
  ) {
    super(text, options);
    this.name = 'SourceFailure';
  }
}

/** Whether the source gave an answer that counts. */
export function hasAnswered({ status }: Pick<SourceReport, 'status'>): boolean {
  return status === 'ok' || status === 'empty';
}
