import type { Tone } from '@samenhang/portal-web';
import type { HolderAnswer } from '../holder-answers.js';
import type { Report } from './report.js';

/** A table under a permit. */
export interface Output {
  readonly id: string;
  readonly permitId: string;
  readonly status: 'running' | 'checking' | 'released' | 'failed' | 'held' | 'refused';
  readonly holders: readonly HolderAnswer[];
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  readonly report?: Report;
  /** While it is made: of so many questions to holders so many are done. */
  readonly progress?: { readonly questions: number; readonly done: number };
  readonly problem?: string;
  readonly createdAt: string;
}

export const toneOfOutput: Readonly<Record<Output['status'], Tone>> = {
  running: 'neutral',
  checking: 'neutral',
  released: 'positive',
  failed: 'negative',
  held: 'warning',
  refused: 'negative',
};

/** Through which an output goes, when nothing stops it. */
const course = ['running', 'checking', 'released'] as const;

/** The steps of an output, up to where it ended when it did. */
export function stepsOf(status: Output['status']): readonly Output['status'][] {
  switch (status) {
    case 'failed':
    case 'held':
      return ['running', status];
    case 'refused':
      return ['running', 'checking', status];
    default:
      return course;
  }
}
