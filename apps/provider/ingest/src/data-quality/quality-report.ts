import type { MessageCounts, QualityCount, RetransmissionCounts } from './quality-store.js';

interface Share {
  readonly present: number;
  readonly absent: number;
  /** From 0 to 1. */
  readonly completeness: number;
  readonly examples: readonly string[];
}

/** How good what a source delivers is: counts, and messages to look at. */
export interface QualityReport {
  readonly source: string;
  readonly messages: MessageCounts;
  readonly retransmissions: RetransmissionCounts;
  /** Mandatory concepts of the zibs, least complete first. */
  readonly concepts: readonly (Share & { readonly resourceType: string; readonly concept: string })[];
  /** Resources in their profile, and those on base R4 by reason. */
  readonly conformance: readonly {
    readonly resourceType: string;
    readonly inProfile: number;
    readonly onBase: Readonly<Record<string, number>>;
    /** Of those for which a zib exists, how many satisfy it: from 0 to 1. */
    readonly share: number;
  }[];
  /** Codes without a counterpart, by code system. */
  readonly unmappedCodes: readonly { readonly system: string; readonly count: number }[];
  /** Messages by the time from sending to receipt. */
  readonly delays: Readonly<Record<string, number>>;
  /** Statements that messages make twice. */
  readonly repetitions: number;
}

/** There is no profile that such a resource could be in. */
const NO_ZIB = 'no-zib';

export function toReport(
  source: string,
  messages: MessageCounts,
  retransmissions: RetransmissionCounts,
  counts: readonly QualityCount[],
): QualityReport {
  const of = (kind: QualityCount['kind']): QualityCount[] => counts.filter((count) => count.kind === kind);
  const delays: Record<string, number> = {};
  for (const { subject, good, bad } of of('delay')) delays[subject] = (delays[subject] ?? 0) + good + bad;
  return {
    source,
    messages,
    retransmissions,
    concepts: of('concept')
      .map(({ type, subject, good, bad, examples }) => ({
        resourceType: type,
        concept: subject,
        present: good,
        absent: bad,
        completeness: shareOf(good, bad),
        examples,
      }))
      .sort((a, b) => a.completeness - b.completeness),
    conformance: conformanceOf(of('conformance')),
    unmappedCodes: of('code')
      .filter(({ bad }) => bad > 0)
      .map(({ subject, bad }) => ({ system: subject, count: bad })),
    delays,
    repetitions: of('repetition').reduce((sum, { bad }) => sum + bad, 0),
  };
}

function conformanceOf(counts: readonly QualityCount[]): QualityReport['conformance'] {
  const types = [...new Set(counts.map(({ type }) => type))];
  return types.map((resourceType) => {
    const own = counts.filter(({ type }) => type === resourceType);
    const inProfile = own.reduce((sum, { good }) => sum + good, 0);
    const onBase = Object.fromEntries(
      own.filter(({ bad }) => bad > 0).map(({ subject, bad }) => [subject, bad]),
    );
    const failing = own.reduce((sum, { subject, bad }) => sum + (subject === NO_ZIB ? 0 : bad), 0);
    return { resourceType, inProfile, onBase, share: shareOf(inProfile, failing) };
  });
}

function shareOf(good: number, bad: number): number {
  return good + bad === 0 ? 1 : Math.round((good / (good + bad)) * 10_000) / 10_000;
}
