import { Heading, Paragraph, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { text } from '../text.js';

/** The files of the guides themselves, so that what is read here is what runs in the tests. */
const files = import.meta.glob<string>('../../../../../../docs/guides/examples/*.mjs', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const examples = Object.entries(files).map(
  ([path, code]) => [path.slice(path.lastIndexOf('/') + 1), code] as const,
);

/** Programs that use the platform, as they stand in the guides. */
export function ExamplesPage(): ReactNode {
  const words = useText(text);
  return (
    <>
      <Heading level={1}>{words.examples}</Heading>
      <Paragraph>{words.examplesLead}</Paragraph>
      {examples.map(([name, code]) => (
        <section key={name} className="portal-stack" aria-label={name}>
          <Heading level={2}>{name}</Heading>
          <pre className="portal-raw" tabIndex={0} role="group" aria-label={name}>
            {code}
          </pre>
        </section>
      ))}
    </>
  );
}
