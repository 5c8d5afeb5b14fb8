import { Failure } from '@samenhang/errors';

/** A service as it appears in errors. */
export type Peer = 'pseudonymisation service' | 'reference index' | 'address book';

/** The largest answer there is, a page of registrations with room to spare, is far below this. */
const MAXIMUM_ANSWER_BYTES = 32 * 1024 * 1024;

const transient: ReadonlySet<string> = new Set([
  'unavailable',
  'timeout',
  'upstream',
  'too-many',
  'internal',
]);

/** Whether a later attempt may succeed without anyone changing anything but the state of a service. */
export function isTransient(error: unknown): boolean {
  return error instanceof Failure && transient.has(error.kind);
}

/**
 * The JSON of an answer, or a Failure that tells what to do: wait (`unavailable`, `timeout`, `too-many`), ask for rights
 * (`forbidden`), or look at the two configurations (`upstream`). Bodies are not quoted: they might repeat a token.
 *
 * @param isChange whether it was asked to change something, so that a refusal is about what was sent
 */
export async function readAnswer(
  peer: Peer,
  send: () => Promise<Response>,
  isChange = false,
): Promise<unknown> {
  const response = await reach(peer, send);
  if (!response.ok) {
    await response.body?.cancel();
    throw (isChange ? refusalOf(peer, response) : undefined) ?? failureOf(peer, response);
  }
  try {
    return response.status === 204 ? undefined : (JSON.parse(await readText(response)) as unknown);
  } catch (cause) {
    throw new Failure('upstream', `The ${peer} gave an answer that cannot be read`, { cause });
  }
}

/** Who answers without end is stopped before memory is. */
async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += (chunk as Uint8Array).byteLength;
    if (size > MAXIMUM_ANSWER_BYTES) throw new RangeError('The answer is too long');
    text += decoder.decode(chunk as Uint8Array, { stream: true });
  }
  return text + decoder.decode();
}

async function reach(peer: Peer, send: () => Promise<Response>): Promise<Response> {
  try {
    return await send();
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    if (cause instanceof Error && cause.name === 'TimeoutError') {
      throw new Failure('timeout', `The ${peer} did not answer in time`, { cause });
    }
    throw new Failure('unavailable', `The ${peer} cannot be reached`, { cause });
  }
}

/** Of a change: what was sent is not accepted (`invalid`), or is there already (`conflict`). */
function refusalOf(peer: Peer, { status }: Response): Failure | undefined {
  if (status === 409) return new Failure('conflict', `The ${peer} has this already`);
  if (status === 400 || status === 422) return new Failure('invalid', `The ${peer} does not accept this`);
  return undefined;
}

function failureOf(peer: Peer, response: Response): Failure {
  const { status } = response;
  if (status === 429) {
    const seconds = Number(response.headers.get('retry-after'));
    const options = Number.isFinite(seconds) && seconds > 0 ? { retryAfterSeconds: seconds } : {};
    return new Failure('too-many', `The ${peer} asks to wait`, options);
  }
  if (status === 403) return new Failure('forbidden', `The ${peer} does not allow this`);
  if (status === 503 || status === 504) return new Failure('unavailable', `The ${peer} is not available now`);
  return new Failure('upstream', `The ${peer} answered with status ${status}`);
}
