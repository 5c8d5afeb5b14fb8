import { Failure, failureKinds, type FailureIssue, type FailureKind } from '@samenhang/errors';
import { findText, recordOf, recordsOf, textsOf } from './fhir-shape.js';

/** What went wrong with a request, as the API said it or as far as it is known. */
export function toFailure(cause: unknown, deadline: AbortSignal): Failure {
  if (cause instanceof Failure) return cause;
  if (deadline.aborted) return new Failure('timeout', 'The query API did not answer in time');
  const { status, data } = recordOf(recordOf(cause)['response']);
  const { headers } = recordOf(recordOf(cause)['config']);
  if (typeof status !== 'number')
    return new Failure('unavailable', 'The query API cannot be reached', { cause });
  return failureOf(status, data, headers instanceof Headers ? headers.get('retry-after') : null);
}

/** The failure that an answer with this status and content tells of. */
export function failureOf(status: number, content: unknown, retryAfter: string | null = null): Failure {
  const issues = recordsOf(recordOf(content)['issue']).map(toIssue);
  const text = issues[0]?.text ?? findText(recordOf(content)['detail']) ?? `The answer has status ${status}`;
  return new Failure(kindOf(status), text, {
    ...(issues.length === 0 ? {} : { issues }),
    ...(retryAfter !== null && /^\d{1,4}$/.test(retryAfter) ? { retryAfterSeconds: Number(retryAfter) } : {}),
  });
}

function toIssue(issue: Readonly<Record<string, unknown>>): FailureIssue {
  const [expression] = textsOf(issue['expression']);
  const text =
    findText(issue['diagnostics']) ?? findText(recordOf(issue['details'])['text']) ?? String(issue['code']);
  return { code: String(issue['code']), text, ...(expression === undefined ? {} : { expression }) };
}

function kindOf(status: number): FailureKind {
  const kinds = Object.keys(failureKinds) as FailureKind[];
  return kinds.find((kind) => failureKinds[kind].status === status) ?? 'upstream';
}
