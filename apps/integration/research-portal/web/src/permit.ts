import type { Tone } from '@samenhang/portal-web';

/** An application, and the permit it may become. */
export interface Permit {
  readonly id: string;
  readonly title: string;
  readonly purpose:
    'public-health' | 'policy-making' | 'statistics' | 'education' | 'scientific-research' | 'improving-care';
  readonly datasets: readonly { readonly type: string; readonly elements: readonly string[] }[];
  readonly custodians: readonly string[];
  readonly period: { readonly from: string; readonly until: string };
  readonly dates: 'year' | 'month' | 'shifted';
  readonly population?: { readonly system: string; readonly code: string };
  readonly outputKind: 'counts' | 'anonymised' | 'pseudonymised';
  readonly requester: string;
  readonly status: 'submitted' | 'granted' | 'rejected' | 'withdrawn';
  readonly expiresAt?: string;
}

export const toneOfStatus: Readonly<Record<Permit['status'], Tone>> = {
  submitted: 'neutral',
  granted: 'positive',
  rejected: 'negative',
  withdrawn: 'negative',
};
