import { isDataCategory } from '@samenhang/data-model';
import { hasAnswered, type RegisteredSource, type SourceReport } from '../sources/source-report.js';

/** What of a view need not be asked again, and what may be worth asking again. */
export interface RetryPlan {
  readonly settled: readonly SourceReport[];
  readonly again: readonly RegisteredSource[];
}

/** A refusal is an answer: asking again would only burden who refused. */
export function planRetry(sources: readonly RegisteredSource[], reports: readonly SourceReport[]): RetryPlan {
  const settled: SourceReport[] = [];
  const again: RegisteredSource[] = [];
  for (const report of reports) {
    const source = sources.find(({ custodian }) => custodian === report.custodian);
    const missing = source === undefined ? undefined : toAskAgain(source, report);
    if (hasAnswered(report) || missing === undefined) settled.push(report);
    if (missing !== undefined) again.push(missing);
  }
  return { settled, again };
}

/** What of the source is missing and was not refused; undefined when nothing. */
function toAskAgain(source: RegisteredSource, report: SourceReport): RegisteredSource | undefined {
  if (report.status === 'refused') return undefined;
  if (!hasAnswered(report)) return source.categories.length + othersIn(source) > 0 ? source : undefined;
  const missing = report.missing.filter(({ status }) => status !== 'refused').map(({ category }) => category);
  if (missing.length === 0) return undefined;
  const others = missing.filter((name) => !isDataCategory(name));
  return {
    custodian: source.custodian,
    categories: missing.filter(isDataCategory),
    ...(others.length === 0 ? {} : { others }),
  };
}

const othersIn = ({ others = [] }: RegisteredSource): number => others.length;

/** The reports of both rounds, one for each source, in a fixed order. */
export function combineRounds(
  settled: readonly SourceReport[],
  again: readonly SourceReport[],
): SourceReport[] {
  const partial = new Map(settled.map((report) => [report.custodian, report]));
  for (const report of again) {
    const before = partial.get(report.custodian);
    partial.set(report.custodian, before === undefined ? report : completed(before, report));
  }
  return [...partial.values()].sort((a, b) => (a.custodian < b.custodian ? -1 : 1));
}

function completed(before: SourceReport, now: SourceReport): SourceReport {
  if (!hasAnswered(now)) return before;
  const refused = before.missing.filter(({ status }) => status === 'refused');
  return {
    ...before,
    status: before.resources.length + now.resources.length === 0 ? 'empty' : 'ok',
    milliseconds: before.milliseconds + now.milliseconds,
    resources: [...before.resources, ...now.resources],
    missing: [...refused, ...now.missing],
  };
}
