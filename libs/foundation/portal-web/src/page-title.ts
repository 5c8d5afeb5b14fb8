import { createContext, useContext, useEffect, type RefObject } from 'react';

/** How the portal is called. */
export const PortalName = createContext('');

/** The window is called as what this element says, and then as the portal. */
export function usePageTitle(heading: RefObject<HTMLElement | null> | undefined): void {
  const portal = useContext(PortalName);
  // The words may change with the language, or when what they name arrives: looked at each time.
  useEffect(() => {
    const page = heading?.current?.textContent;
    if (page) document.title = `${page} – ${portal}`;
  });
}
