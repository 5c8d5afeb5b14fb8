import { Link, Paragraph, useText, VirtualList } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import type { Comparison, MessageDifference } from './comparison.js';
import { replayText } from './replay-text.js';

interface Line {
  readonly key: string;
  readonly message: MessageDifference;
  readonly text: string;
}

/** Each resource that would differ and each message that would be refused: names and paths, never values. */
export function DifferenceList({ comparison }: { readonly comparison: Comparison }): ReactNode {
  const words = useText(replayText);
  const lines = comparison.messages.flatMap((message) => linesOf(message, words.actions));
  if (lines.length === 0) return <Paragraph>{words.noDifference}</Paragraph>;
  return (
    <VirtualList label={words.difference} items={lines} keyOf={({ key }) => key}>
      {({ message, text }) => (
        <>
          <Link className="utrecht-link utrecht-link--html-a" href={`/messages/${message.messageId}`}>
            {`${words.message} ${String(message.position)}`}
          </Link>{' '}
          {text}
        </>
      )}
    </VirtualList>
  );
}

function linesOf(message: MessageDifference, actions: Readonly<Record<string, string>>): Line[] {
  const { messageId, outcome, issues, resources } = message;
  if (outcome === 'rejected') {
    const reasons = issues.map(({ code, location, text }) => `${location} ${text} (${code})`.trim());
    return [{ key: messageId, message, text: `${actions['rejected'] ?? ''}: ${reasons.join('; ')}` }];
  }
  return resources
    .filter(({ action }) => action !== 'unchanged')
    .map(({ action, resourceType, id, elements }) => ({
      key: `${messageId} ${resourceType}/${id}`,
      message,
      text: `${actions[action] ?? action} ${resourceType}/${id} ${elements.join(', ')}`,
    }));
}
