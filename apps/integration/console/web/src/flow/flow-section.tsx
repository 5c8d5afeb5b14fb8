import { Button, Heading, Link, Loaded, Table, useAnswer, useFormats, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { FlowCharts } from './flow-charts.js';
import { flowText } from './flow-text.js';
import type { SourceFlow } from './source-flow.js';

/**
 * Flow and lag of the sources; of one source when it is named. Refreshed when asked for: a page that asks by itself would
 * keep the session of somebody who left alive.
 */
export function FlowSection({ source }: { readonly source?: string }): ReactNode {
  const words = useText(flowText);
  const flow = useAnswer<{ sources: SourceFlow[] }>('/flow');
  return (
    <section className="portal-stack" aria-label={words.title}>
      <Heading level={2}>{words.title}</Heading>
      <Button onClick={flow.reload}>{words.refresh}</Button>
      <Loaded answer={flow}>
        {({ sources }) => {
          const shown = sources.filter(({ id }) => source === undefined || id === source);
          return (
            <>
              {source === undefined && <Summary sources={shown} />}
              {source !== undefined && shown.length === 0 && <p>{words.none}</p>}
              {shown.map(({ id, displayName, points }) => (
                <div key={id} className="portal-stack">
                  {source === undefined && <Heading level={3}>{displayName}</Heading>}
                  <FlowCharts name={displayName} points={points} />
                </div>
              ))}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

function Summary({ sources }: { readonly sources: readonly SourceFlow[] }): ReactNode {
  const words = useText(flowText);
  const { number } = useFormats();
  return (
    <Table
      caption={words.title}
      rows={sources}
      keyOf={({ id }) => id}
      empty={words.none}
      columns={[
        {
          header: words.source,
          cell: ({ id, displayName }) => (
            <Link className="utrecht-link utrecht-link--html-a" href={`/sources/${id}`}>
              {displayName}
            </Link>
          ),
        },
        { header: words.messages, isNumber: true, cell: ({ messages }) => number(messages) },
        { header: words.waiting, isNumber: true, cell: ({ waiting }) => number(waiting) },
        { header: words.quarantined, isNumber: true, cell: ({ quarantined }) => number(quarantined) },
      ]}
    />
  );
}
