import { StrictMode, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { LanguageProvider } from './text.js';
import '@utrecht/component-library-css/dist/index.css';
import '@nl-design-system-unstable/voorbeeld-design-tokens/dist/theme.css';
import './styles.css';

/** Shows a portal in the page's `#portal`. */
export function start(portal: ReactNode): void {
  const element = document.getElementById('portal');
  if (element === null) throw new Error('The page has no element #portal');
  createRoot(element).render(
    <StrictMode>
      <LanguageProvider>{portal}</LanguageProvider>
    </StrictMode>,
  );
}
