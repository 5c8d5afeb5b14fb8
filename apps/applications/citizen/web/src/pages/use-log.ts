import { call, type Problem } from '@samenhang/portal-web';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { LogLine } from './log-lines.js';

interface LogPage {
  readonly intact: boolean;
  readonly entries: readonly LogLine[];
  /** Names the page before this one in time. */
  readonly cursor?: string;
}

export interface Log {
  readonly lines: readonly LogLine[];
  readonly isIntact: boolean;
  readonly isLoading: boolean;
  readonly problem?: Problem;
  /** Asks for what came before; absent when that was all. */
  readonly more?: () => void;
  readonly reload: () => void;
}

interface Loaded {
  readonly pages: readonly LogPage[];
  readonly isLoading: boolean;
  readonly problem?: Problem;
}

/** The log of one care provider for a period, newest first, page after page as they are asked for. */
export function useLog(path: string): Log {
  const asked = useRef<AbortController>(undefined);
  const [round, setRound] = useState(0);
  const [loaded, setLoaded] = useState<Loaded>({ pages: [], isLoading: true });
  const fetchAfter = useCallback(
    async (before: readonly LogPage[]) => {
      // Of two questions the last one counts.
      asked.current?.abort();
      const { signal } = (asked.current = new AbortController());
      const cursor = before.at(-1)?.cursor;
      const address = cursor === undefined ? path : `${path}&cursor=${encodeURIComponent(cursor)}`;
      setLoaded({ pages: before, isLoading: true });
      try {
        const page = await call<LogPage>(address, { signal });
        setLoaded({ pages: [...before, page], isLoading: false });
      } catch (thrown) {
        if (!signal.aborted) setLoaded({ pages: before, isLoading: false, problem: thrown as Problem });
      }
    },
    [path],
  );
  useEffect(() => {
    void fetchAfter([]);
    return () => asked.current?.abort();
  }, [fetchAfter, round]);
  const { pages, isLoading, problem } = loaded;
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return {
    lines: pages.flatMap(({ entries }) => entries),
    isIntact: pages.every(({ intact }) => intact),
    isLoading,
    reload,
    ...(problem === undefined ? {} : { problem }),
    ...(pages.at(-1)?.cursor === undefined ? {} : { more: () => void fetchAfter(pages) }),
  };
}
