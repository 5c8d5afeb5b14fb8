/** W3C Trace Context, version 00. */
const TRACE_PARENT = /^00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/** The trace of a request; undefined when it names none that can be read. */
export function findTraceParent(header: string | undefined): string | undefined {
  return header !== undefined && TRACE_PARENT.test(header) ? header : undefined;
}
