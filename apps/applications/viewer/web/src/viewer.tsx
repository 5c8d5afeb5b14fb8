import { Alert, call, openSession, Shell, useText } from '@samenhang/portal-web';
import { useCallback, useEffect, useState, type ReactNode } from 'react';
import { PatientPage } from './pages/patient-page.js';
import { SignInPage } from './pages/sign-in-page.js';
import { text } from './text.js';

export interface Professional {
  readonly deziNumber: string;
  readonly name: string;
  readonly role: string;
  readonly organisation: string;
}

/** The application: who is not signed in is asked to. */
export function Viewer(): ReactNode {
  const words = useText(text);
  const [user, setUser] = useState<Professional | null>();
  const [hasEnded, setHasEnded] = useState(false);
  const enter = useCallback(async () => {
    const professional = await openSession<Professional>(() => {
      setHasEnded(true);
      setUser(null);
    });
    if (professional !== null) setHasEnded(false);
    setUser(professional);
  }, []);
  useEffect(() => void enter(), [enter]);
  const leave = async (): Promise<void> => {
    await call('/session', { method: 'DELETE' });
    setUser(null);
  };
  return (
    <Shell
      name={words.name}
      pages={[]}
      user={user ? `${user.name}, ${user.role}, ${user.organisation}` : undefined}
      onSignOut={() => void leave()}
      footer={words.footer}
    >
      {hasEnded && <Alert type="warning">{words.sessionEnded}</Alert>}
      {user === null && <SignInPage onSignedIn={() => void enter()} />}
      {user && <PatientPage />}
    </Shell>
  );
}
