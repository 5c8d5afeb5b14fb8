import type { Ura } from '@samenhang/data-model';
import { hasAnswered, type RegisteredSource, type SourceReport } from './source-report.js';

const MAXIMUM_HOLDERS = 10_000;
/** How much an answer counts beside those before it. */
const WEIGHT = 0.3;

/** How long holders took of late. A view waits for the slowest, so that one had better be asked first. */
export class HolderPace {
  readonly #milliseconds = new Map<Ura, number>();

  /** Who does not answer is not slow but away: it is not to keep places from those who do. */
  note(report: Pick<SourceReport, 'custodian' | 'status' | 'milliseconds'>): void {
    const { custodian, milliseconds } = report;
    const before = this.#milliseconds.get(custodian) ?? milliseconds;
    this.#milliseconds.delete(custodian);
    if (!hasAnswered(report)) return;
    this.#milliseconds.set(custodian, before + WEIGHT * (milliseconds - before));
    const [oldest] = this.#milliseconds.keys();
    if (oldest !== undefined && this.#milliseconds.size > MAXIMUM_HOLDERS) this.#milliseconds.delete(oldest);
  }

  /** Of whom nothing is known last, in the order given. */
  slowestFirst(sources: readonly RegisteredSource[]): RegisteredSource[] {
    const paceOf = ({ custodian }: RegisteredSource): number => this.#milliseconds.get(custodian) ?? 0;
    return sources.toSorted((a, b) => paceOf(b) - paceOf(a));
  }
}
