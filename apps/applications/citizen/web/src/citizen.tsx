import { Alert, call, openSession, Route, Shell, Switch, useText } from '@samenhang/portal-web';
import { useCallback, useEffect, useState, type ReactNode } from 'react';
import { ChoicesPage } from './pages/choices-page.js';
import { DataPage } from './pages/data-page.js';
import { DownloadPage } from './pages/download-page.js';
import { LogPage } from './pages/log-page.js';
import { SignInPage } from './pages/sign-in-page.js';
import { text } from './text.js';

export interface CareProvider {
  readonly ura: string;
  readonly name: string;
}

interface Visit {
  readonly careProviders: readonly CareProvider[];
}

/** The portal: who is not signed in is asked to. */
export function Citizen(): ReactNode {
  const words = useText(text);
  const [visit, setVisit] = useState<Visit | null>();
  const [hasEnded, setHasEnded] = useState(false);
  const enter = useCallback(async () => {
    setVisit(
      await openSession<Visit>(() => {
        setVisit((before) => {
          if (before) setHasEnded(true);
          return null;
        });
      }),
    );
  }, []);
  useEffect(() => void enter(), [enter]);
  const leave = async (): Promise<void> => {
    await call('/session', { method: 'DELETE' });
    setVisit(null);
  };
  const pages = [
    { path: '/', name: words.data },
    { path: '/log', name: words.log },
    { path: '/choices', name: words.choices },
    { path: '/download', name: words.download },
  ];
  return (
    <Shell
      name={words.name}
      pages={visit ? pages : []}
      user={visit ? words.signedIn : undefined}
      onSignOut={() => void leave()}
      footer={words.footer}
    >
      {hasEnded && <Alert type="warning">{words.sessionEnded}</Alert>}
      {visit === null && <SignInPage />}
      {visit && (
        <Switch>
          <Route path="/log">
            <LogPage careProviders={visit.careProviders} />
          </Route>
          <Route path="/choices">
            <ChoicesPage careProviders={visit.careProviders} />
          </Route>
          <Route path="/download">
            <DownloadPage careProviders={visit.careProviders} />
          </Route>
          <Route>
            <DataPage careProviders={visit.careProviders} />
          </Route>
        </Switch>
      )}
    </Shell>
  );
}
