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
  readonly outputKind: 'counts' | 'anonymised' | 'pseudonymised' | 'omop' | 'ai-sets';
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

export function hasExpired({ status, expiresAt }: Permit): boolean {
  return status === 'granted' && expiresAt !== undefined && Date.parse(expiresAt) <= Date.now();
}

export function isInForce(permit: Permit): boolean {
  return permit.status === 'granted' && !hasExpired(permit);
}

/** Then there can be outputs, of which it stays known what they were. */
export function wasGranted({ status }: Permit): boolean {
  return status === 'granted' || status === 'withdrawn';
}
