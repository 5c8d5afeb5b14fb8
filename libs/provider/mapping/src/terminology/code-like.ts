const CODE = /^(?:[A-Za-z]{0,8}[-_.]?\d[\d.:/*+_-]{0,20}[A-Za-z]{0,3}|[A-Z]{1,3})$/;
/** As long as a number of a person: no code of a source's own is written so. */
const LONG_NUMBER = /\d{7}/;

/** Senders put words into code fields: without a code system, or when it does not look like one, it is not repeated. */
export function isCode(system: string, code: string): boolean {
  if (system.endsWith('/codes/local') || !CODE.test(code)) return false;
  return !system.includes('/codes/') || !LONG_NUMBER.test(code);
}
