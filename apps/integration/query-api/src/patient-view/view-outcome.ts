import { viewUrls } from '@samenhang/data-model';
import { Failure, type OperationOutcomeIssue } from '@samenhang/errors';
import {
  hasAnswered,
  type MissingCategory,
  type SourceReport,
  type SourceStatus,
} from '../sources/source-report.js';
import type { CollectedView } from './collected-view.js';
import { stableUuid } from './stable-uuid.js';
import { custodianIdentifier, type Extension } from './view-extensions.js';

interface SourceText {
  readonly code: string;
  readonly text: string;
}

/** FHIR R4 issue types of each way in which a source can be missing. */
const texts: Readonly<Record<Exclude<SourceStatus, 'ok' | 'empty'>, SourceText>> = {
  refused: { code: 'forbidden', text: 'refuses this request' },
  'timed-out': { code: 'timeout', text: 'did not answer in time' },
  unreachable: { code: 'transient', text: 'cannot be reached' },
  invalid: { code: 'exception', text: 'gave an answer that cannot be trusted; nothing of it is shown' },
  'no-endpoint': { code: 'not-found', text: 'has no usable address in the address book' },
};

/** Says that something is withheld, not by whom or why: that there is something would be told as well. */
const suppressed: SourceText = { code: 'suppressed', text: 'A source was not available' };

export interface ViewOutcome {
  readonly resourceType: 'OperationOutcome';
  readonly id: string;
  readonly extension?: readonly Extension[];
  readonly issue: readonly (OperationOutcomeIssue & { readonly extension?: readonly Extension[] })[];
}

/** One issue for each source that is missing, wholly or in part, and the status of every source that may be named. */
export function viewOutcome(
  { reports, retry }: Pick<CollectedView, 'reports' | 'retry'>,
  revealRefused: boolean,
): ViewOutcome {
  const issues = reports.flatMap((report) => issuesOf(report, reports.some(hasAnswered), revealRefused));
  const extension = [
    ...reports.map((report) => statusExtension(report, revealRefused)),
    ...(retry === undefined ? [] : [{ url: viewUrls.retryToken, valueString: retry }]),
  ];
  return {
    resourceType: 'OperationOutcome',
    id: stableUuid('sources'),
    ...(extension.length === 0 ? {} : { extension }),
    issue:
      issues.length > 0
        ? issues
        : [{ severity: 'information', code: 'informational', diagnostics: summary(reports) }],
  };
}

/** @throws Failure when sources are registered, none answered, and not only because they refuse */
export function assertAnySource(reports: readonly SourceReport[], revealRefused: boolean): void {
  const failed = reports.filter(({ status }) => status !== 'refused');
  if (reports.some(hasAnswered) || failed.length === 0) return;
  const issues = reports
    .flatMap((report) => issuesOf(report, false, revealRefused))
    .map(({ code, diagnostics }) => ({ code, text: diagnostics ?? '' }));
  const kind = failed.every(({ status }) => status === 'timed-out') ? 'timeout' : 'upstream';
  throw new Failure(kind, 'None of the registered sources gave a usable answer', { issues });
}

function summary(reports: readonly SourceReport[]): string {
  return reports.length === 0 ? 'No registrations found' : 'All registered sources answered';
}

function issuesOf(report: SourceReport, anyAnswer: boolean, revealRefused: boolean): ViewOutcome['issue'] {
  const severity = anyAnswer ? 'warning' : 'error';
  if (!hasAnswered(report)) return [issueOf(report, report.status, severity, revealRefused)];
  return report.missing.map((missing) => partialIssue(report, missing, revealRefused));
}

function issueOf(
  report: SourceReport,
  status: SourceStatus,
  severity: 'warning' | 'error',
  revealRefused: boolean,
): ViewOutcome['issue'][number] {
  if (status === 'ok' || status === 'empty') throw new RangeError('An answer is no issue');
  if (status === 'refused' && !revealRefused)
    return { severity, code: suppressed.code, diagnostics: suppressed.text };
  const { code, text } = texts[status];
  return {
    extension: [sourceExtension(report)],
    severity,
    code,
    details: { coding: [{ system: viewUrls.sourceStatusCodes, code: status }] },
    diagnostics: `Custodian ${report.custodian} ${text}`,
  };
}

/** A category that is refused is not named either: the caller sees the categories that are there. */
function partialIssue(
  report: SourceReport,
  { category, status }: MissingCategory,
  revealRefused: boolean,
): ViewOutcome['issue'][number] {
  const issue = issueOf(report, status, 'warning', revealRefused);
  if (status === 'refused' && !revealRefused)
    return { ...issue, diagnostics: 'Part of the data was not available' };
  return {
    ...issue,
    code: status === 'refused' ? 'forbidden' : 'incomplete',
    diagnostics: `${issue.diagnostics} for ${category}`,
  };
}

function sourceExtension({ custodian }: SourceReport): Extension {
  return { url: viewUrls.issueSource, valueIdentifier: custodianIdentifier(custodian) };
}

function statusExtension(report: SourceReport, revealRefused: boolean): Extension {
  const milliseconds = { url: 'milliseconds', valueInteger: report.milliseconds };
  if (report.status === 'refused' && !revealRefused) {
    return { url: viewUrls.sourceStatus, extension: [{ url: 'status', valueCode: 'not-available' }] };
  }
  const name = report.custodianName === undefined ? [] : [{ url: 'name', valueString: report.custodianName }];
  return {
    url: viewUrls.sourceStatus,
    extension: [
      { url: 'custodian', valueIdentifier: custodianIdentifier(report.custodian) },
      ...name,
      { url: 'status', valueCode: report.status },
      milliseconds,
    ],
  };
}
