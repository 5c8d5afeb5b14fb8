import {
  Alert,
  NotFoundPage,
  Route,
  Shell,
  SignInPage,
  Switch,
  useSession,
  useText,
} from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { ApiPage } from './pages/api-page.js';
import { ExamplesPage } from './pages/examples-page.js';
import { FhirPage } from './pages/fhir-page.js';
import { StatusPage } from './pages/status-page.js';
import { TryPage } from './pages/try-page.js';
import { VectorsPage } from './pages/vectors-page.js';
import { text } from './text.js';

interface Developer {
  readonly name: string;
  readonly organisation: string;
}

/** The application: anybody reads, who signed in tries. */
export function DeveloperPortal(): ReactNode {
  const words = useText(text);
  const { user, hasEnded, enter, leave } = useSession<Developer>();
  const pages = [
    { path: '/', name: words.api },
    { path: '/fhir', name: words.fhir },
    { path: '/try', name: words.tryIt },
    { path: '/examples', name: words.examples },
    { path: '/vectors', name: words.vectors },
    { path: '/status', name: words.status },
  ];
  return (
    <Shell
      name={words.name}
      pages={pages}
      user={user ? `${user.name}, ${user.organisation}` : undefined}
      onSignOut={leave}
      footer={words.footer}
    >
      {hasEnded && <Alert type="warning">{words.sessionEnded}</Alert>}
      <Switch>
        <Route path="/">
          <ApiPage />
        </Route>
        <Route path="/fhir">
          <FhirPage />
        </Route>
        <Route path="/try">{user ? <TryPage /> : <SignInPage onSignedIn={enter} />}</Route>
        <Route path="/examples">
          <ExamplesPage />
        </Route>
        <Route path="/vectors">
          <VectorsPage />
        </Route>
        <Route path="/status">
          <StatusPage />
        </Route>
        <Route>
          <NotFoundPage />
        </Route>
      </Switch>
    </Shell>
  );
}
