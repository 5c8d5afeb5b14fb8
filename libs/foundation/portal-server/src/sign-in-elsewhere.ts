import { toFailure } from '@samenhang/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Sessions } from './sessions.js';

/** People sign in at another site, and come back. */
export interface SignInElsewhere<Data, Errand> {
  /** Where they sign in, and what is to be remembered until they are back. */
  begin(): Promise<{ readonly address: string; readonly errand: Errand }>;
  /** Whose session begins. @throws Failure when they did not sign in; `forbidden` when they chose not to */
  finish(errand: Errand, query: URLSearchParams): Promise<Data>;
}

const RETURN_PATH = '/api/return';
const MINUTES = 15;

/**
 * The way there and back. The cookie of a session is not sent along when another site leads here (`SameSite=Strict`), so
 * what is remembered hangs on a cookie of its own: `Lax`, for the address of return only, for a quarter of an hour, once.
 */
export class WayBack<Data, Errand> {
  readonly #errands = new Sessions<Errand>({ idleMinutes: MINUTES, maximumHours: MINUTES / 60 });
  readonly #cookieName: string;

  constructor(
    portal: string,
    private readonly isSecure: boolean,
    private readonly signIn: SignInElsewhere<Data, Errand>,
  ) {
    this.#cookieName = `${isSecure ? '__Secure-' : ''}${portal}-sign-in`;
  }

  async leave(reply: FastifyReply): Promise<void> {
    const { address, errand } = await this.signIn.begin();
    void reply.setCookie(this.#cookieName, this.#errands.start(errand), {
      ...this.#cookie,
      maxAge: MINUTES * 60,
    });
    void reply.redirect(address, 303);
  }

  /** Goes on to the first page, with a session or with word of what went wrong. */
  async comeBack(
    request: FastifyRequest,
    reply: FastifyReply,
    startSession: (data: Data) => void,
  ): Promise<void> {
    const id = request.cookies[this.#cookieName];
    const errand = this.#errands.use(id)?.data;
    this.#errands.end(id);
    void reply.clearCookie(this.#cookieName, this.#cookie);
    void reply.redirect(await this.#finish(request, errand, startSession), 303);
  }

  async #finish(
    request: FastifyRequest,
    errand: Errand | undefined,
    startSession: (data: Data) => void,
  ): Promise<string> {
    if (errand === undefined) return '/?sign-in=failed';
    try {
      startSession(await this.signIn.finish(errand, new URL(request.url, 'http://portal').searchParams));
      return '/';
    } catch (thrown) {
      return toFailure(thrown).kind === 'forbidden' ? '/?sign-in=refused' : '/?sign-in=failed';
    }
  }

  get #cookie() {
    return { path: RETURN_PATH, httpOnly: true, sameSite: 'lax', secure: this.isSecure } as const;
  }
}
