import { useEffect, useRef, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { Button } from './components/controls.js';
import { PortalName } from './page-title.js';
import { defineText, languages, useLanguage, useText, type Language } from './text.js';
import { useTheme } from './theme.js';

const words = defineText(
  {
    skip: 'Naar de inhoud',
    pages: 'Pagina’s',
    dark: 'Donker',
    light: 'Licht',
    language: 'Taal',
    signOut: 'Uitloggen',
  },
  {
    skip: 'Skip to content',
    pages: 'Pages',
    dark: 'Dark',
    light: 'Light',
    language: 'Language',
    signOut: 'Sign out',
  },
);

export interface Page {
  readonly path: string;
  readonly name: string;
}

/** The frame of a portal: skip link, header with pages and settings, content, footer. */
export function Shell({
  name,
  pages,
  user,
  onSignOut,
  footer,
  children,
}: {
  readonly name: string;
  readonly pages: readonly Page[];
  /** Who is signed in, for people. */
  readonly user?: string | undefined;
  readonly onSignOut?: () => void;
  readonly footer: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  const text = useText(words);
  const [location] = useLocation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(location);
  useEffect(() => {
    // A change of page is said to who cannot see it: the focus goes to what is new.
    if (shown.current !== location) main.current?.focus();
    shown.current = location;
  }, [location]);
  return (
    <PortalName value={name}>
      <a className="utrecht-skip-link utrecht-skip-link--visible-on-focus" href="#content">
        {text.skip}
      </a>
      <header className="portal-header">
        <p className="portal-header__name">{name}</p>
        {pages.length > 0 && (
          <nav className="portal-nav" aria-label={text.pages}>
            <ul>
              {pages.map((page) => (
                <li key={page.path}>
                  <Link href={page.path} aria-current={page.path === location ? 'page' : undefined}>
                    {page.name}
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
        )}
        <div className="portal-header__settings">
          {user !== undefined && <span>{user}</span>}
          <Settings />
          {user !== undefined && onSignOut !== undefined && (
            <Button onClick={onSignOut}>{text.signOut}</Button>
          )}
        </div>
      </header>
      <main className="portal-main portal-stack" id="content" tabIndex={-1} ref={main}>
        {children}
      </main>
      <footer className="portal-footer">{footer}</footer>
    </PortalName>
  );
}

function Settings(): ReactNode {
  const text = useText(words);
  const { language, choose } = useLanguage();
  const [theme, setTheme] = useTheme();
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <>
      <select
        className="utrecht-select utrecht-select--html-select"
        aria-label={text.language}
        value={language}
        onChange={({ target }) => choose(target.value as Language)}
      >
        {Object.entries(languages).map(([code, label]) => (
          <option key={code} value={code} lang={code}>
            {label}
          </option>
        ))}
      </select>
      <Button appearance="subtle" onClick={() => setTheme(other)}>
        {text[other]}
      </Button>
    </>
  );
}
