import { useEffect, useState } from 'react';
import { recall, remember } from './preferences.js';

export type Theme = 'light' | 'dark';

function preferred(): Theme {
  const remembered = recall('theme');
  if (remembered === 'light' || remembered === 'dark') return remembered;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** The colours of the page: as the reader chose, else as the system has it. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(preferred);
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  return [
    theme,
    (chosen) => {
      remember('theme', chosen);
      setTheme(chosen);
    },
  ];
}
