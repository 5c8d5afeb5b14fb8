export type PageLanguage = 'nl' | 'en';

/** Of the languages that a browser accepts, the first that there is; Dutch for who accepts neither. */
export function pageLanguage(acceptLanguage: string | undefined): PageLanguage {
  return /\b(?:nl|en)\b/.exec(acceptLanguage ?? '')?.[0] === 'en' ? 'en' : 'nl';
}

export interface PlainPage {
  readonly language: PageLanguage;
  readonly title: string;
  /** Whose page it is. */
  readonly site: string;
  /** HTML: what is not from here has gone through `escapeHtml`. */
  readonly body: string;
}

/**
 * A page of a service that has no portal before it. Without script or style: it looks as the browser has it, in the colours and
 * at the size that the reader chose.
 */
export function plainPage({ language, title, site, body }: PlainPage): string {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} – ${escapeHtml(site)}</title></head>
<body><header><p>${escapeHtml(site)}</p></header>
<main><h1>${escapeHtml(title)}</h1>
${body}
</main><footer><p>Samenhang</p></footer></body></html>`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
