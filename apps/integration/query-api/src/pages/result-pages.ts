import { decodeCursor, encodeCursor } from '@samenhang/fhir-http';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';
import type { Bsn } from '@samenhang/patient-identity';
import { askerOf } from '../localisation/requester-key.js';
import type { BoundedMemory } from './bounded-memory.js';
import { nextOffset, sizeOf, writePage, type FrozenResult } from './frozen-result.js';

/** A result, of whom it is, and how it was asked. */
export interface KeptResult {
  readonly bsn: Bsn;
  readonly query: string;
  readonly result: FrozenResult;
}

/** Gives results in pages: what does not fit on the first is kept, for the one who asked and nobody else. */
export class ResultPages {
  constructor(
    private readonly memory: BoundedMemory<KeptResult>,
    private readonly pagesUrl: string,
  ) {}

  firstPage(identity: VerifiedIdentity, kept: KeptResult): string {
    const { result } = kept;
    const next = nextOffset(result, 0);
    if (next === undefined) return writePage(result, 0, undefined);
    const name = this.memory.keep(ownerOf(identity), kept, sizeOf(result));
    if (name === undefined) return writePage({ ...result, count: result.matches.length }, 0, undefined);
    return writePage(result, 0, this.#urlOf(name, next));
  }

  /** @throws Failure('not-found') when it was kept long enough, or is somebody else's */
  find(identity: VerifiedIdentity, cursor: string): { kept: KeptResult; name: string; offset: number } {
    const [name, offset] = decodeCursor(cursor, 2);
    const kept = typeof name === 'string' ? this.memory.find(name, ownerOf(identity)) : undefined;
    const isOffset = Number.isInteger(offset) && Number(offset) >= 0;
    if (kept === undefined || typeof name !== 'string' || !isOffset)
      throw new Failure('not-found', 'This page is not kept any more: search again');
    return { kept, name, offset: Number(offset) };
  }

  page({ kept, name, offset }: { kept: KeptResult; name: string; offset: number }): string {
    const next = nextOffset(kept.result, offset);
    return writePage(kept.result, offset, next === undefined ? undefined : this.#urlOf(name, next));
  }

  #urlOf(name: string, offset: number): string {
    return `${this.pagesUrl}/${encodeCursor([name, offset])}`;
  }
}

/** Whoever has the same powers on whose behalf: a token that was renewed goes on where the old one was. */
export function ownerOf(identity: VerifiedIdentity): string {
  return JSON.stringify(askerOf(identity));
}
