/** A refusal of the portal's server: problem details (RFC 9457). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly issues: readonly string[] = [],
  ) {
    super(detail);
    this.name = 'Problem';
  }
}

export interface Session<User> {
  readonly user: User | null;
}

export interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** Proves that a request comes from this page; useless without the cookie that no script can read. */
let csrfToken: string | undefined;
let onSignedOut: () => void = () => {};

/** Asks who is signed in. `whenSignedOut` is called when a session turns out to have ended. */
export async function openSession<User>(whenSignedOut: () => void): Promise<User | null> {
  onSignedOut = whenSignedOut;
  const session = await call<Session<User> & { csrfToken?: string }>('/session');
  csrfToken = session.csrfToken;
  return session.user;
}

export async function call<Answer>(path: string, options: CallOptions = {}): Promise<Answer> {
  const response = await send(path, options);
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

/** Fetches a file and hands it to the browser to keep; a refusal is thrown as of any other call. */
export async function download(path: string): Promise<void> {
  const response = await send(path, {});
  const [, name = 'download'] =
    /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '') ?? [];
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

/** The lines of an NDJSON answer, as they come. */
export async function* stream<Line>(path: string, options: CallOptions = {}): AsyncGenerator<Line> {
  const { body } = await send(path, options);
  if (body === null) return;
  let rest = '';
  for await (const text of chunksOf(body.pipeThrough(new TextDecoderStream()))) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield JSON.parse(line) as Line;
  }
}

async function* chunksOf(readable: ReadableStream<string>): AsyncGenerator<string> {
  const reader = readable.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    await reader.cancel();
  }
}

async function send(path: string, { method = 'GET', body, signal }: CallOptions): Promise<Response> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (method !== 'GET' && csrfToken !== undefined) headers['x-csrf-token'] = csrfToken;
  const response = await fetch(`/api${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (response.ok) return response;
  if (response.status === 401) onSignedOut();
  throw await problemOf(response);
}

async function problemOf(response: Response): Promise<Problem> {
  const problem = (await response.json().catch(() => ({}))) as {
    detail?: string;
    title?: string;
    errors?: { detail: string; pointer?: string }[];
  };
  const issues = (problem.errors ?? []).map(({ detail, pointer }) =>
    pointer === undefined ? detail : `${pointer}: ${detail}`,
  );
  return new Problem(response.status, problem.detail ?? problem.title ?? response.statusText, issues);
}
