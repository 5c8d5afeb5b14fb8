import { createHash } from 'node:crypto';
import type { HolderOutcome } from '../holders/holder-outcome.js';
import type { KeptFile } from '../outputs/airlock.js';
import type { OutputReport } from '../outputs/make-output.js';
import type { Permit } from '../permits/permit.js';

/** Of the rules of `libs/trust/secondary-use` and of what holders do by them; another number when they change. */
const DE_IDENTIFICATION = 'element-allow-list/1';

/** What was released, under which permit, made of what: counts, names of custodians and hashes, nothing about anyone. */
export interface ReleaseManifest {
  readonly output: string;
  readonly permit: {
    readonly id: string;
    readonly requester: string;
    readonly purpose: string;
    readonly outputKind: string;
  };
  readonly period: Permit['period'];
  readonly deIdentification: {
    readonly profile: string;
    readonly dates: string;
    readonly elements: readonly string[];
  };
  /** SHA-256 of the views that holders answered, in the order in which they were asked. */
  readonly views: readonly string[];
  readonly holders: readonly Pick<HolderOutcome, 'custodian' | 'status'>[];
  readonly files: readonly KeptFile[];
  readonly report: OutputReport;
  readonly madeAt: string;
  readonly releasedAt: string;
}

interface Released {
  readonly id: string;
  readonly permit: Permit;
  readonly views: readonly unknown[];
  readonly holders: readonly HolderOutcome[];
  readonly files: readonly KeptFile[];
  readonly report: OutputReport;
  readonly madeAt: Date;
}

export function manifestOf(released: Released, releasedAt = new Date()): ReleaseManifest {
  const { permit } = released;
  return {
    output: released.id,
    permit: {
      id: permit.id,
      requester: permit.requester,
      purpose: permit.purpose,
      outputKind: permit.outputKind,
    },
    period: permit.period,
    deIdentification: {
      profile: DE_IDENTIFICATION,
      dates: permit.dates,
      elements: permit.datasets.flatMap(({ type, elements }) => elements.map((name) => `${type}.${name}`)),
    },
    views: released.views.map((view) => createHash('sha256').update(JSON.stringify(view)).digest('hex')),
    holders: released.holders.map(({ custodian, status }) => ({ custodian, status })),
    files: released.files,
    report: released.report,
    madeAt: released.madeAt.toISOString(),
    releasedAt: releasedAt.toISOString(),
  };
}
