import { Badge, Heading, Link, Loaded, Table, useAnswer, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { text } from '../text.js';
import type { Source } from './source.js';

export function SourcesPage(): ReactNode {
  const words = useText(text);
  const sources = useAnswer<{ sources: Source[] }>('/sources');
  return (
    <>
      <Heading level={1}>{words.sources}</Heading>
      <p>
        <Link className="utrecht-link utrecht-link--html-a" href="/sources/new">
          {words.addSource}
        </Link>
      </p>
      <Loaded answer={sources}>
        {(value) => (
          <Table
            caption={words.sources}
            rows={value.sources}
            keyOf={({ id }) => id}
            empty={words.noSources}
            columns={[
              {
                header: words.source,
                cell: ({ id, displayName }) => (
                  <Link className="utrecht-link utrecht-link--html-a" href={`/sources/${id}`}>
                    {displayName ?? id}
                  </Link>
                ),
              },
              { header: words.kind, cell: ({ kind }) => kind },
              {
                header: words.state,
                cell: ({ state, reason }) => (
                  <>
                    <Badge tone={reason === undefined ? 'neutral' : 'negative'}>{state}</Badge> {reason}
                  </>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}
