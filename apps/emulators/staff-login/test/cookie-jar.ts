/** As much of a browser as signing in takes: it keeps cookies by host and path, and goes where it is led. */
export class CookieJar {
  readonly #cookies = new Map<string, { readonly path: string; readonly pair: string }>();

  constructor(private readonly language = 'nl') {}

  /** @param form is posted first */
  async follow(address: string, form?: Readonly<Record<string, string>>): Promise<Response> {
    let url = new URL(address);
    let body = form === undefined ? undefined : new URLSearchParams(form);
    for (;;) {
      const response = await fetch(url, {
        method: body === undefined ? 'GET' : 'POST',
        redirect: 'manual',
        headers: { cookie: this.#cookiesFor(url), 'accept-language': this.language },
        ...(body === undefined ? {} : { body }),
      });
      this.#keep(url, response);
      const location = response.headers.get('location');
      if (location === null) return response;
      await response.body?.cancel();
      url = new URL(location, url);
      body = undefined;
    }
  }

  #cookiesFor({ host, pathname }: URL): string {
    return [...this.#cookies]
      .filter(([key, { path }]) => key.startsWith(`${host} `) && pathname.startsWith(path))
      .map(([, { pair }]) => pair)
      .join('; ');
  }

  #keep({ host }: URL, response: Response): void {
    for (const text of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = text.split(';').map((part) => part.trim());
      const path = attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? '/';
      this.#cookies.set(`${host} ${path} ${pair.split('=', 1)[0] ?? ''}`, { path, pair });
    }
  }
}
