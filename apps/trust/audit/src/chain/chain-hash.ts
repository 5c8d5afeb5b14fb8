import { createHash } from 'node:crypto';

/** A stored event in its place in the chain of its stream. */
export interface ChainLink {
  readonly sequence: number;
  /** Canonical JSON (RFC 8785) of the AuditEvent, exactly as stored. */
  readonly content: string;
  readonly hash: string;
}

export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
}

/** What the first event of a stream follows. */
export const emptyChain: ChainHead = { sequence: 0, hash: '0'.repeat(64) };

/** Hash of an event: over its place, its content and the hash before it, so that none can change, move or go unnoticed. */
export function hashOf(stream: string, sequence: number, content: string, previousHash: string): string {
  return createHash('sha256').update(`${previousHash}\n${stream}\n${sequence}\n${content}`).digest('hex');
}

/** The links that append these contents to a chain. */
export function extendChain(stream: string, head: ChainHead, contents: readonly string[]): ChainLink[] {
  let { sequence, hash } = head;
  return contents.map((content) => {
    sequence += 1;
    hash = hashOf(stream, sequence, content, hash);
    return { sequence, content, hash };
  });
}

/** The first place at which links do not follow from the head before them; undefined when all do. */
export function findBreak(stream: string, head: ChainHead, links: readonly ChainLink[]): number | undefined {
  let previous = head;
  for (const link of links) {
    const expected = previous.sequence + 1;
    if (link.sequence !== expected || link.hash !== hashOf(stream, expected, link.content, previous.hash))
      return expected;
    previous = link;
  }
  return undefined;
}
