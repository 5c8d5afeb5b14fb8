import { useCallback, useEffect, useState } from 'react';
import { call, type Problem } from './api.js';

export interface Answer<Value> {
  readonly value?: Value;
  readonly problem?: Problem;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/** What a GET of the portal's server answers; asked again when the path changes or `reload` is called. */
export function useAnswer<Value>(path: string | undefined): Answer<Value> {
  const [round, setRound] = useState(0);
  const [state, setState] = useState<Omit<Answer<Value>, 'reload'>>({ isLoading: path !== undefined });
  useEffect(() => {
    if (path === undefined) return undefined;
    const controller = new AbortController();
    setState((before) => ({ ...before, isLoading: true }));
    call<Value>(path, { signal: controller.signal }).then(
      (value) => setState({ value, isLoading: false }),
      (problem: Problem) => {
        if (!controller.signal.aborted) setState({ problem, isLoading: false });
      },
    );
    return () => controller.abort();
  }, [path, round]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { ...state, reload };
}
