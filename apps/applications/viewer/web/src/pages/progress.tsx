import { Button, Heading, ProgressBar, useFormats, useText } from '@samenhang/portal-web';
import { useId, type ReactNode } from 'react';
import type { ShownLine } from '../../../src/shown-view.js';
import { text } from '../text.js';

/** A view on its way: which sources answered, and at last the whole. */
export interface Asking {
  readonly controller: AbortController;
  readonly answered: number;
  readonly of: number;
  readonly sources: readonly Extract<ShownLine, { kind: 'source' }>[];
}

/** The sources as they answer; the reader may stop waiting. */
export function Progress({ asking }: { readonly asking: Asking }): ReactNode {
  const words = useText(text);
  const { number } = useFormats();
  const id = useId();
  return (
    <section aria-labelledby={id} className="portal-card portal-stack" data-loading="">
      <Heading level={2} id={id}>
        {words.loading}
      </Heading>
      <ProgressBar label={words.answered} value={asking.answered} maximum={Math.max(asking.of, 1)} />
      <ul className="utrecht-unordered-list">
        {asking.sources.map(({ name, status, resources }, at) => (
          <li key={at}>
            {`${name ?? words.notNamed}: ${words.statuses[status] ?? status}, ${number(resources)} ${words.facts}`}
          </li>
        ))}
      </ul>
      <Button onClick={() => asking.controller.abort()}>{words.stop}</Button>
    </section>
  );
}
