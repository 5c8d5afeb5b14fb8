const TIMEOUT_MS = 3_000;

/** The national login for citizens, as far as it matters here: send somebody there, and ask who came back. */
export class CitizenLogin {
  /** @param baseUrl of the login service; its answers are asked for directly, so that no number is ever in a URL */
  constructor(
    private readonly baseUrl: string,
    private readonly returnUrl: string,
  ) {}

  addressFor(requestId: string): string {
    const query = new URLSearchParams({ request_id: requestId, return_to: this.returnUrl });
    return `${this.baseUrl}/login?${query.toString()}`;
  }

  /** Who logged in for this request, as `<system>|<value>`; undefined for whatever is no clear answer. */
  async resolve(artifact: string, requestId: string): Promise<string | undefined> {
    try {
      const response = await fetch(`${this.baseUrl}/artifact`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ artifact }),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!response.ok) return undefined;
      const answer = (await response.json()) as { identifier?: unknown; request_id?: unknown };
      if (answer.request_id !== requestId || typeof answer.identifier !== 'string') return undefined;
      return answer.identifier;
    } catch {
      return undefined;
    }
  }
}
