import { hash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { OneTimeStore } from '../storage/one-time-store.js';
import type { CitizenRequest } from './citizen-request.js';

/** MedMij: from the start of the request a citizen has a quarter of an hour to consent. */
const CONSENT_SECONDS = 900;
const CODE_SECONDS = 60;
/** So long after the code is redeemed further tokens can be had: one visit of a citizen to an application. */
const VISIT_SECONDS = 1_800;

interface BoundToBrowser {
  readonly request: CitizenRequest;
  /** Hash of what the browser keeps as a cookie. */
  readonly browser: string;
  /** When the citizen's time is over, in milliseconds since 1970. */
  readonly until: number;
}

/** A citizen who has logged in; who it is, is sealed. */
export interface LoggedIn extends BoundToBrowser {
  readonly patientBinding: string;
}

/** What a code stands for. */
export interface GrantedCode {
  readonly request: CitizenRequest;
  readonly patientBinding: string;
}

/** What tokens are given for until the visit is over. */
export interface Visit extends GrantedCode {
  /** In milliseconds since 1970. */
  readonly until: number;
}

/** The steps a citizen goes through: each can be taken once, in one browser, within the time. */
export class CitizenSessions {
  readonly #logins: OneTimeStore<BoundToBrowser>;
  readonly #consents: OneTimeStore<LoggedIn>;
  readonly #codes: OneTimeStore<GrantedCode>;
  readonly #visits: OneTimeStore<Visit>;

  constructor(dataSource: DataSource) {
    this.#logins = new OneTimeStore('CitizenLogin', dataSource);
    this.#consents = new OneTimeStore('CitizenConsent', dataSource);
    this.#codes = new OneTimeStore('CitizenCode', dataSource);
    this.#visits = new OneTimeStore('CitizenVisit', dataSource);
  }

  beginLogin(request: CitizenRequest, browser: string): Promise<string> {
    const until = Date.now() + CONSENT_SECONDS * 1_000;
    return this.#logins.put({ request, browser: hashOf(browser), until }, CONSENT_SECONDS);
  }

  async endLogin(name: string, browser: string): Promise<BoundToBrowser | undefined> {
    return sameBrowser(await this.#logins.take(name), browser);
  }

  /** The time is that of the whole request: logging in late leaves less of it. */
  beginConsent(login: BoundToBrowser, patientBinding: string): Promise<string> {
    const seconds = Math.max(0, (login.until - Date.now()) / 1_000);
    return this.#consents.put({ ...login, patientBinding }, seconds);
  }

  async endConsent(name: string, browser: string): Promise<LoggedIn | undefined> {
    return sameBrowser(await this.#consents.take(name), browser);
  }

  issueCode({ request, patientBinding }: LoggedIn): Promise<string> {
    return this.#codes.put({ request, patientBinding }, CODE_SECONDS);
  }

  async takeCode(code: string): Promise<Visit | undefined> {
    const granted = await this.#codes.take(code);
    return granted && { ...granted, until: Date.now() + VISIT_SECONDS * 1_000 };
  }

  /** @returns the refresh token, for one use; it lasts no longer than the visit, however often it is renewed */
  keepVisit(visit: Visit): Promise<string> {
    return this.#visits.put(visit, Math.max(0, (visit.until - Date.now()) / 1_000));
  }

  takeVisit(refreshToken: string): Promise<Visit | undefined> {
    return this.#visits.take(refreshToken);
  }
}

function sameBrowser<T extends BoundToBrowser>(found: T | undefined, browser: string): T | undefined {
  return found?.browser === hashOf(browser) ? found : undefined;
}

function hashOf(text: string): string {
  return hash('sha256', text, 'base64url');
}
