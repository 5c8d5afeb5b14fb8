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
import { MessagePage } from './message/message-page.js';
import { OrganisationsPage, organisationText } from './organisations/organisations-page.js';
import { DecisionsPage } from './pages/decisions-page.js';
import { NewSourcePage } from './pages/new-source-page.js';
import { OverviewPage } from './pages/overview-page.js';
import { RegistrationsPage } from './pages/registrations-page.js';
import { SourcePage } from './pages/source-page.js';
import { SourcesPage } from './pages/sources-page.js';
import { QuarantineEntryPage } from './quarantine/quarantine-entry-page.js';
import { QuarantinePage } from './quarantine/quarantine-page.js';
import { ReplayPage } from './replay/replay-page.js';
import { replayText } from './replay/replay-text.js';
import { TableEditorPage } from './tables/table-editor-page.js';
import { TableSetPage } from './tables/table-set-page.js';
import { TablesPage } from './tables/tables-page.js';
import { text } from './text.js';

interface Operator {
  readonly name: string;
  readonly organisation: string;
  readonly organisationName: string;
  /** All that the account looks after. */
  readonly organisations: readonly { readonly ura: string }[];
}

/** The application: who is not signed in is asked to. */
export function Console(): ReactNode {
  const words = useText(text);
  const replayWords = useText(replayText);
  const organisationWords = useText(organisationText);
  const { user, hasEnded, enter, leave } = useSession<Operator>();
  const pages = [
    { path: '/', name: words.overview },
    { path: '/sources', name: words.sources },
    { path: '/quarantine', name: words.quarantine },
    { path: '/replays', name: replayWords.title },
    { path: '/mapping', name: words.mapping },
    { path: '/registrations', name: words.registrations },
    { path: '/decisions', name: words.decisions },
    ...((user?.organisations.length ?? 0) > 1
      ? [{ path: '/organisations', name: organisationWords.title }]
      : []),
  ];
  return (
    <Shell
      name={words.name}
      pages={user ? pages : []}
      user={user ? `${user.name}, ${user.organisationName}` : undefined}
      onSignOut={leave}
      footer={words.footer}
    >
      {hasEnded && <Alert type="warning">{words.sessionEnded}</Alert>}
      {user === null && <SignInPage onSignedIn={enter} />}
      {/* What was read of one care provider is not shown at another: its key makes the pages anew. */}
      {user && (
        <Switch key={user.organisation}>
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
          <Route path="/quarantine/:id">{({ id }) => <QuarantineEntryPage id={id} />}</Route>
          <Route path="/replays">
            <ReplayPage />
          </Route>
          <Route path="/mapping">
            <TablesPage />
          </Route>
          <Route path="/mapping/0">
            <TablesPage />
          </Route>
          <Route path="/mapping/:version/edit">
            {({ version }) => <TableEditorPage version={version} organisation={user.organisation} />}
          </Route>
          <Route path="/mapping/:version">
            {({ version }) => <TableSetPage key={version} version={version} />}
          </Route>
          <Route path="/organisations">
            <OrganisationsPage current={user.organisation} onMoved={enter} />
          </Route>
          <Route path="/registrations">
            <RegistrationsPage />
          </Route>
          <Route path="/decisions">
            <DecisionsPage />
          </Route>
          <Route>
            <NotFoundPage />
          </Route>
        </Switch>
      )}
    </Shell>
  );
}
