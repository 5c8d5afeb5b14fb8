import type { Fact } from '@samenhang/client';
import {
  Badge,
  Button,
  Dialog,
  Heading,
  Paragraph,
  useFormats,
  useText,
  VirtualList,
} from '@samenhang/portal-web';
import { useId, useState, type ReactNode } from 'react';
import { text } from '../text.js';
import { FactSources } from './fact-sources.js';
import { nameOf } from './source-names.js';

/** Facts under a heading. */
export function FactList({
  title,
  facts,
  children,
}: {
  readonly title: string;
  readonly facts: readonly Fact[];
  /** What more there is to say of them. */
  readonly children?: ReactNode;
}): ReactNode {
  const words = useText(text);
  const { number } = useFormats();
  const id = useId();
  return (
    <section aria-labelledby={id} className="portal-stack">
      <Heading level={2} id={id}>
        {`${title} (${number(facts.length)})`}
      </Heading>
      <FactRows label={title} facts={facts} empty={words.noneHere} />
      {children}
    </section>
  );
}

/** The facts themselves, one below the other. A long list keeps only what is in sight. */
export function FactRows({
  label,
  facts,
  empty,
}: {
  readonly label: string;
  readonly facts: readonly Fact[];
  readonly empty: string;
}): ReactNode {
  const words = useText(text);
  const [original, setOriginal] = useState<Fact>();
  if (facts.length === 0) return <Paragraph>{empty}</Paragraph>;
  return (
    <>
      <VirtualList label={label} items={facts} keyOf={({ address }) => address}>
        {(fact) => <FactLine fact={fact} onOriginal={() => setOriginal(fact)} />}
      </VirtualList>
      {original && (
        <Dialog title={original.label} onClose={() => setOriginal(undefined)}>
          <p>{original.sources.map(nameOf).join(', ')}</p>
          <pre className="portal-raw" tabIndex={0}>
            {JSON.stringify(original.resource, null, 2)}
          </pre>
          <Button onClick={() => setOriginal(undefined)}>{words.close}</Button>
        </Dialog>
      )}
    </>
  );
}

function FactLine({ fact, onOriginal }: { readonly fact: Fact; readonly onOriginal: () => void }): ReactNode {
  const words = useText(text);
  const { date } = useFormats();
  return (
    <>
      <div>
        <strong>{fact.label}</strong> {fact.value} {fact.status !== undefined && <Badge>{fact.status}</Badge>}{' '}
        {fact.conflicts.length > 0 && <Badge tone="negative">{words.contradicted}</Badge>}{' '}
        {fact.differences.length > 0 && (
          <Badge tone="warning">{`${words.differs} ${fact.differences.join(', ')}`}</Badge>
        )}
      </div>
      <div>
        {fact.date === undefined ? words.undated : <time dateTime={fact.date}>{date(fact.date)}</time>} ·{' '}
        <FactSources fact={fact} /> ·{' '}
        <button
          type="button"
          className="utrecht-link-button utrecht-link-button--html-button"
          onClick={onOriginal}
        >
          {words.original}
          <span className="portal-visually-hidden">: {fact.label}</span>
        </button>
      </div>
    </>
  );
}
