import { Failure } from '@samenhang/errors';

/**
 * SQLSTATE classes and codes of faults that pass by themselves: lost connections (08), serialisation failure and
 * deadlock (40), insufficient resources (53), operator intervention such as a restart (57P), lock not available.
 */
const transientSqlState = /^(08...|40001|40P01|53...|57P0.|55P03)$/;
const transientSystemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const transientFailures = new Set(['unavailable', 'upstream', 'timeout', 'too-many']);
/** pg reports a connection that broke under a query by text only. */
const lostConnection =
  /connection terminated|connection ended|timeout exceeded when trying to connect|client has encountered a connection error/i;
const MAXIMUM_CAUSES = 5;

/** Whether a fault lies in the surroundings (a service or the database is away) and not in the event. */
export function isTransient(thrown: unknown): boolean {
  let fault = thrown;
  for (let depth = 0; depth < MAXIMUM_CAUSES && fault instanceof Error; depth += 1) {
    if (fault.name === 'TransientError') return true;
    if (fault instanceof Failure && transientFailures.has(fault.kind)) return true;
    const code = codeOf(fault);
    if (code !== undefined && (transientSqlState.test(code) || transientSystemCodes.has(code))) return true;
    if (lostConnection.test(fault.message)) return true;
    fault = fault.cause;
  }
  return false;
}

const SQLSTATE = /^[0-9A-Z]{5}$/;
const MAXIMUM_REASON = 300;

/**
 * What a person may read about a fault: name and message, without anything that could be patient data. Messages of
 * the database and of the JSON parser quote the values they stumble over, so only their codes are kept.
 */
export function describeFault(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'Error: something that is no Error was thrown';
  const code = codeOf(thrown);
  if (code !== undefined && SQLSTATE.test(code))
    return `${thrown.name}: SQLSTATE ${code}${placeInDatabase(thrown)}`;
  if (thrown instanceof SyntaxError) return `${thrown.name}: the text cannot be parsed`;
  return `${thrown.name}: ${maskNumbers(thrown.message)}`.slice(0, MAXIMUM_REASON);
}

/** A BSN has nine digits; local patient numbers are shorter. Four digits in a row (a status, a port) tell nothing. */
function maskNumbers(text: string): string {
  return text.replace(/\d{5,}/g, '…');
}

function codeOf(error: Error): string | undefined {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : undefined;
}

function placeInDatabase(error: Error): string {
  const { table, column, constraint } = error as { table?: unknown; column?: unknown; constraint?: unknown };
  const names = [table, column, constraint].filter((name) => typeof name === 'string');
  return names.length > 0 ? ` (${names.join(', ')})` : '';
}
