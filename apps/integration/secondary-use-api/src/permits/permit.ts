import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type {
  Dataset,
  DatePrecision,
  PermitTerms,
  Population,
  SecondaryPurpose,
} from '@samenhang/secondary-use';

/**
 * What may leave the airlock: counts alone, tables in which nobody stands out, or rows with pseudonyms; these as they are asked
 * for, as the tables of OMOP, or as sets to develop and validate models with.
 */
export const outputKinds = ['counts', 'anonymised', 'pseudonymised', 'omop', 'ai-sets'] as const;
export type OutputKind = (typeof outputKinds)[number];

/** What is applied for (Regulation (EU) 2025/327, Article 67). */
export interface PermitApplication {
  readonly title: string;
  readonly purpose: SecondaryPurpose;
  readonly datasets: readonly Dataset[];
  readonly custodians: readonly Ura[];
  readonly period: PermitTerms['period'];
  readonly dates: DatePrecision;
  readonly population?: Population;
  readonly outputKind: OutputKind;
}

export type PermitStatus = 'submitted' | 'granted' | 'rejected' | 'withdrawn';

export interface Permit extends PermitApplication {
  readonly id: string;
  /** The organisation that applied. */
  readonly requester: Ura;
  readonly status: PermitStatus;
  /** Until when a granted permit holds. */
  readonly expiresAt?: Date;
}

export type PermitAct = 'grant' | 'reject' | 'withdraw';

const next: Readonly<Record<PermitAct, { readonly from: PermitStatus; readonly to: PermitStatus }>> = {
  grant: { from: 'submitted', to: 'granted' },
  reject: { from: 'submitted', to: 'rejected' },
  withdraw: { from: 'granted', to: 'withdrawn' },
};

/** @throws Failure('conflict') where a permit of this status has no such act */
export function statusAfter(act: PermitAct, { status }: Permit): PermitStatus {
  const { from, to } = next[act];
  if (status !== from) throw new Failure('conflict', `A permit that is ${status} cannot be ${to}`);
  return to;
}

/** @throws Failure('forbidden') unless it holds now */
export function assertInForce({ status, expiresAt }: Permit, now = new Date()): void {
  if (status !== 'granted') throw new Failure('forbidden', `The permit is ${status}`);
  if (expiresAt === undefined || expiresAt <= now) throw new Failure('forbidden', 'The permit has expired');
}

/** The scope under which the persons of a project get their pseudonyms: another for every permit. */
export function projectScopeOf({ id }: Pick<Permit, 'id'>): string {
  return `project-${id}`;
}

/** Counts of one organisation are about the same persons whatever the permit: what it learned before is known. */
export function countingScopeOf(requester: Ura): string {
  return `counting-${requester}`;
}
