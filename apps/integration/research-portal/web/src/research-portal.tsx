import {
  Alert,
  NotFoundPage,
  Redirect,
  Route,
  Shell,
  SignInPage,
  Switch,
  useSession,
  useText,
} from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { ApplicationPage } from './pages/application-page.js';
import { AssessmentPage } from './pages/assessment-page.js';
import { CataloguePage } from './pages/catalogue-page.js';
import { ChecksPage } from './pages/checks-page.js';
import { PermitPage } from './pages/permit-page.js';
import { PermitsPage } from './pages/permits-page.js';
import { text } from './text.js';

interface Participant {
  readonly name: string;
  readonly organisationName: string;
  readonly roles: readonly ('researcher' | 'assessor' | 'checker')[];
}

/** The application: the catalogue is for anybody, the rest for who signed in, each by role. */
export function ResearchPortal(): ReactNode {
  const words = useText(text);
  const { user, hasEnded, enter, leave } = useSession<Participant>();
  const roles = user?.roles ?? [];
  const pages = [
    { path: '/', name: words.catalogue },
    ...(roles.includes('researcher')
      ? [
          { path: '/permits', name: words.permits },
          { path: '/application', name: words.apply },
        ]
      : []),
    ...(roles.includes('assessor') ? [{ path: '/assessment', name: words.assessment }] : []),
    ...(roles.includes('checker') ? [{ path: '/checks', name: words.checks }] : []),
    ...(user === null ? [{ path: '/sign-in', name: words.signIn }] : []),
  ];
  return (
    <Shell
      name={words.name}
      pages={pages}
      user={user ? `${user.name}, ${user.organisationName}` : undefined}
      onSignOut={leave}
      footer={words.footer}
    >
      {hasEnded && <Alert type="warning">{words.sessionEnded}</Alert>}
      <Switch>
        <Route path="/">
          <CataloguePage />
        </Route>
        {user === null && (
          <Route>
            <SignInPage onSignedIn={enter} />
          </Route>
        )}
        {roles.includes('researcher') && (
          <Route path="/permits">
            <PermitsPage />
          </Route>
        )}
        {roles.includes('researcher') && (
          <Route path="/permits/:id">{({ id }) => <PermitPage id={id} />}</Route>
        )}
        {roles.includes('researcher') && (
          <Route path="/application">
            <ApplicationPage />
          </Route>
        )}
        {roles.includes('assessor') && (
          <Route path="/assessment">
            <AssessmentPage />
          </Route>
        )}
        {roles.includes('checker') && (
          <Route path="/checks">
            <ChecksPage />
          </Route>
        )}
        {user && (
          <Route path="/sign-in">
            <Redirect to={pages[1]?.path ?? '/'} replace />
          </Route>
        )}
        {user && (
          <Route>
            <NotFoundPage />
          </Route>
        )}
      </Switch>
    </Shell>
  );
}
