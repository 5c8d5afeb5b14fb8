import type { Reader, ReaderOptions } from './browser.js';
import type { Portals } from './portals.js';

/** Somebody at the console: signs in, goes from page to page, and has each looked at. */
export class ConsoleReader {
  private constructor(
    readonly reader: Reader,
    private readonly portals: Portals,
  ) {}

  static async open(
    browser: { reader(options?: ReaderOptions): Promise<Reader> },
    portals: Portals,
    options?: ReaderOptions,
  ): Promise<ConsoleReader> {
    const reader = await browser.reader(options);
    await reader.page.goto(portals.consoleUrl);
    return new ConsoleReader(reader, portals);
  }

  get page(): Reader['page'] {
    return this.reader.page;
  }

  async signIn(login: string, password = this.portals.password): Promise<void> {
    await this.page.getByLabel(/gebruikersnaam|user name/i).fill(login);
    await this.page.getByLabel(/wachtwoord|password/i).fill(password);
    await this.page.getByRole('button', { name: /inloggen|sign in/i }).click();
  }

  async goTo(name: string | RegExp): Promise<void> {
    await this.page.getByRole('navigation').getByRole('link', { name }).click();
    await this.page.getByRole('heading', { level: 1, name }).waitFor();
  }
}
