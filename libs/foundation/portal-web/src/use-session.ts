import { useCallback, useEffect, useState } from 'react';
import { call, openSession } from './api.js';

export interface SessionState<User> {
  /** Null for who is not signed in, undefined as long as that is not known. */
  readonly user: User | null | undefined;
  /** Whether somebody was signed in, and is no more without having asked for it. */
  readonly hasEnded: boolean;
  /** Asks anew who is signed in. */
  readonly enter: () => void;
  readonly leave: () => void;
}

/** Who is signed in at the portal's server. */
export function useSession<User>(): SessionState<User> {
  const [user, setUser] = useState<User | null>();
  const [hasEnded, setHasEnded] = useState(false);
  const enter = useCallback(async () => {
    const opened = await openSession<User>(() => {
      setUser((before) => {
        if (before !== null && before !== undefined) setHasEnded(true);
        return null;
      });
    });
    if (opened !== null) setHasEnded(false);
    setUser(() => opened);
  }, []);
  useEffect(() => void enter(), [enter]);
  const leave = async (): Promise<void> => {
    await call('/session', { method: 'DELETE' });
    setUser(null);
  };
  return { user, hasEnded, enter: () => void enter(), leave: () => void leave() };
}
