import { Badge, Heading, Link, Loaded, Table, useAnswer, useFormats, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { messageText } from './message-text.js';

interface MessageLine {
  readonly id: string;
  readonly position: number;
  readonly receivedAt: string;
  readonly format: string;
  readonly messageType: string | null;
  readonly controlId: string | null;
  readonly inQuarantine: boolean;
}

/** The latest messages of a source; each can be followed to what became of it. */
export function MessageList({ source }: { readonly source: string }): ReactNode {
  const words = useText(messageText);
  const { date } = useFormats();
  const answer = useAnswer<{ messages: MessageLine[] }>(`/sources/${source}/messages?count=20`);
  return (
    <Loaded answer={answer}>
      {({ messages }) => (
        <>
          <Heading level={2}>{words.messages}</Heading>
          <Table
            caption={words.messages}
            rows={messages}
            keyOf={({ id }) => id}
            empty={words.none}
            columns={[
              {
                header: words.position,
                cell: ({ id, position }) => (
                  <Link className="utrecht-link utrecht-link--html-a" href={`/messages/${id}`}>
                    {`${words.title} ${String(position)}`}
                  </Link>
                ),
              },
              { header: words.type, cell: ({ messageType, format }) => messageType ?? format },
              { header: words.control, cell: ({ controlId }) => controlId },
              { header: words.received, cell: ({ receivedAt }) => date(receivedAt) },
              {
                header: words.state,
                cell: ({ inQuarantine }) =>
                  inQuarantine ? (
                    <Badge tone="negative">{words.quarantine}</Badge>
                  ) : (
                    <Badge>{words.taken}</Badge>
                  ),
              },
            ]}
          />
        </>
      )}
    </Loaded>
  );
}
