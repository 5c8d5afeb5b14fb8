import { Alert, NotFoundPage, Route, Shell, Switch, useSession, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
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
  const { user: visit, hasEnded, leave } = useSession<Visit>();
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
      onSignOut={leave}
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
          <Route path="/">
            <DataPage />
          </Route>
          <Route>
            <NotFoundPage />
          </Route>
        </Switch>
      )}
    </Shell>
  );
}
