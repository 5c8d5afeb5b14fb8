import { Alert, NotFoundPage, Route, Shell, Switch, useSession, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
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
  const { user, hasEnded, enter, leave } = useSession<Professional>();
  return (
    <Shell
      name={words.name}
      pages={[]}
      user={user ? `${user.name}, ${user.role}, ${user.organisation}` : undefined}
      onSignOut={leave}
      footer={words.footer}
    >
      {hasEnded && <Alert type="warning">{words.sessionEnded}</Alert>}
      {user === null && <SignInPage onSignedIn={enter} />}
      {user && (
        <Switch>
          <Route path="/">
            <PatientPage />
          </Route>
          <Route>
            <NotFoundPage />
          </Route>
        </Switch>
      )}
    </Shell>
  );
}
