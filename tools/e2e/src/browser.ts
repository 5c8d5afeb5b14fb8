import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Where Debian and others put it; `CHROMIUM` names another. */
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

function chromiumBinary(): string {
  const binary = process.env['CHROMIUM'] ?? places.find((place) => existsSync(place));
  if (binary === undefined)
    throw new Error(
      'These tests need Chromium: install it (Debian: apt-get install chromium) or name it in CHROMIUM',
    );
  return binary;
}

export interface ReaderOptions {
  readonly language?: 'nl' | 'en';
  readonly theme?: 'light' | 'dark';
  /** In CSS pixels; half the width is the same page at 200 % zoom (WCAG 1.4.10). */
  readonly width?: number;
}

/** Somebody at a browser of their own: no cookies, nothing remembered. */
export interface Reader {
  readonly page: Page;
  /** What the page did that it should not: errors, policy breaches, requests to other origins. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

/** A real Chromium, and readers in it. */
export async function openBrowser(): Promise<{
  reader(options?: ReaderOptions): Promise<Reader>;
  close(): Promise<void>;
}> {
  const browser = await chromium.launch({
    executablePath: chromiumBinary(),
    // In a container there is no user namespace to build its sandbox with; the pages are our own.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  return {
    reader: (options = {}) => openReader(browser, options),
    close: () => browser.close(),
  };
}

async function openReader(
  browser: Browser,
  { language = 'nl', theme = 'light', width = 1280 }: ReaderOptions,
): Promise<Reader> {
  const context = await browser.newContext({
    locale: language === 'nl' ? 'nl-NL' : 'en-GB',
    colorScheme: theme,
    viewport: { width, height: 900 },
    reducedMotion: 'reduce',
    timezoneId: 'Europe/Amsterdam',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(`error: ${message}`));
  page.on('console', (message) => {
    // A refusal that the journey provokes is answered by the page itself; the browser reports its status too.
    const isStatus = message.text().startsWith('Failed to load resource: the server responded with');
    if (message.type() === 'error' && !isStatus) faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const here = page.url();
    const { protocol, origin } = new URL(request.url());
    // Going to another page is what the reader does; what a page loads is its own doing.
    const isOwn =
      request.isNavigationRequest() ||
      here === 'about:blank' ||
      origin === new URL(here).origin ||
      // The browser's own reader of PDF is a page of the browser.
      /^chrome(?:-extension)?:$/.test(protocol) ||
      protocol === 'data:';
    if (!isOwn) faults.push(`request to ${origin}`);
  });
  return { page, faults, close: () => context.close() };
}
