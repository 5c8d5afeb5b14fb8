import { Badge, Heading, Link, Loaded, Table, useAnswer, useFormats, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { toneOfStatus, type Permit } from '../permit.js';
import { text } from '../text.js';

/** What the organisation applied for. */
export function PermitsPage(): ReactNode {
  const words = useText(text);
  const { date } = useFormats();
  const answer = useAnswer<{ permits: Permit[] }>('/permits');
  return (
    <>
      <Heading level={1}>{words.permits}</Heading>
      <Loaded answer={answer}>
        {({ permits }) => (
          <Table
            caption={words.permits}
            rows={permits}
            keyOf={({ id }) => id}
            empty={words.noPermits}
            columns={[
              {
                header: words.title,
                cell: ({ id, title }) => (
                  <Link className="utrecht-link utrecht-link--html-a" href={`/permits/${id}`}>
                    {title}
                  </Link>
                ),
              },
              {
                header: words.status,
                cell: ({ status }) => <Badge tone={toneOfStatus[status]}>{words.statuses[status]}</Badge>,
              },
              {
                header: words.expires,
                cell: ({ expiresAt }) => (expiresAt === undefined ? '' : date(expiresAt)),
              },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}
