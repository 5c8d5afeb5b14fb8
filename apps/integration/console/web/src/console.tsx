import { Alert, call, openSession, Route, Shell, Switch, useText } from '@samenhang/portal-web';
import { useCallback, useEffect, useState, type ReactNode } from 'react';
import { MessagePage } from './message/message-page.js';
import { DecisionsPage } from './pages/decisions-page.js';
import { MappingPage } from './pages/mapping-page.js';
import { NewSourcePage } from './pages/new-source-page.js';
import { OverviewPage } from './pages/overview-page.js';
import { QuarantinePage } from './pages/quarantine-page.js';
import { RegistrationsPage } from './pages/registrations-page.js';
import { SignInPage } from './pages/sign-in-page.js';
import { SourcePage } from './pages/source-page.js';
import { SourcesPage } from './pages/sources-page.js';
import { text } from './text.js';

interface Operator {
  readonly name: string;
  readonly organisation: string;
  readonly organisationName: string;
}

/** The application: who is not signed in is asked to. */
export function Console(): ReactNode {
  const words = useText(text);
  const [user, setUser] = useState<Operator | null>();
  const [hasEnded, setHasEnded] = useState(false);
  const enter = useCallback(async () => {
    const operator = await openSession<Operator>(() => {
      setUser((before) => {
        setHasEnded(before !== null && before !== undefined);
        return null;
      });
    });
    if (operator !== null) setHasEnded(false);
    setUser(operator);
  }, []);
  useEffect(() => void enter(), [enter]);
  const leave = async (): Promise<void> => {
    await call('/session', { method: 'DELETE' });
    setUser(null);
  };
  const pages = [
    { path: '/', name: words.overview },
    { path: '/sources', name: words.sources },
    { path: '/quarantine', name: words.quarantine },
    { path: '/mapping', name: words.mapping },
    { path: '/registrations', name: words.registrations },
    { path: '/decisions', name: words.decisions },
  ];
  return (
    <Shell
      name={words.name}
      pages={user ? pages : []}
      user={user ? `${user.name}, ${user.organisationName}` : undefined}
      onSignOut={() => void leave()}
      footer={words.footer}
    >
      {hasEnded && <Alert type="warning">{words.sessionEnded}</Alert>}
      {user === null && <SignInPage onSignedIn={() => void enter()} />}
      {user && (
        <Switch>
          <Route path="/">
            <OverviewPage />
          </Route>
          <Route path="/sources">
            <SourcesPage />
          </Route>
          <Route path="/sources/new">
            <NewSourcePage organisation={user.organisation} />
          </Route>
          <Route path="/sources/:id">{({ id }) => <SourcePage id={id} />}</Route>
          <Route path="/messages/:id">{({ id }) => <MessagePage id={id} />}</Route>
          <Route path="/quarantine">
            <QuarantinePage />
          </Route>
          <Route path="/mapping">
            <MappingPage />
          </Route>
          <Route path="/registrations">
            <RegistrationsPage />
          </Route>
          <Route path="/decisions">
            <DecisionsPage />
          </Route>
        </Switch>
      )}
    </Shell>
  );
}
