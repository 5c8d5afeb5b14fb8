import { viewSections, type ViewSection } from '@samenhang/client/sections';
import {
  Alert,
  Badge,
  DataList,
  Heading,
  LiveStatus,
  Paragraph,
  Tip,
  useAnswer,
  useFormats,
  useText,
  VirtualList,
} from '@samenhang/portal-web';
import { useId, type ReactNode } from 'react';
import type { ShownFact, ShownRecord } from '../../../src/shown-record.js';
import { text } from '../text.js';
import { Unavailable } from './unavailable.js';
import { WhatIsMissing } from './what-is-missing.js';

/** What all care providers hold, as one: each fact once, with everybody who holds it. */
export function DataPage(): ReactNode {
  const words = useText(text);
  const { value, problem, isLoading, reload } = useAnswer<ShownRecord>('/view');
  return (
    <>
      <Heading level={1}>{words.data}</Heading>
      <Paragraph>{words.dataExplained}</Paragraph>
      <LiveStatus>{value && !isLoading && announcementOf(value, words)}</LiveStatus>
      {isLoading && (
        <div data-loading="">
          <Alert>{words.loading}</Alert>
        </div>
      )}
      {problem && <Unavailable problem={problem} onAgain={reload} />}
      {value && !isLoading && (
        <>
          <WhatIsMissing record={value} onAgain={reload} />
          <Facts record={value} />
        </>
      )}
    </>
  );
}

function announcementOf(record: ShownRecord, words: (typeof text)['nl']): string {
  const filled = viewSections.filter((name) => record[name].length > 0);
  const parts = filled.map((name) => `${words.sections[name]}: ${record[name].length}`);
  return [...(record.missing.length > 0 ? [words.incomplete] : []), ...parts].join('. ');
}

function Facts({ record }: { readonly record: ShownRecord }): ReactNode {
  const words = useText(text);
  const { date } = useFormats();
  const { demographics, sources } = record;
  const filled = viewSections.filter((name) => record[name].length > 0);
  const answered = sources.filter(({ status }) => status === 'ok');
  const about = [
    [words.personName, demographics?.name],
    [words.birthDate, demographics?.birthDate && date(demographics.birthDate)],
    [words.address, demographics?.address],
  ] as const;
  return (
    <>
      {demographics === undefined && filled.length === 0 && record.missing.length === 0 && (
        <Paragraph>{words.nothing}</Paragraph>
      )}
      {answered.length > 0 && (
        <Paragraph>
          {`${words.answered}: ${answered.map(({ custodianName, custodian }) => custodianName ?? custodian ?? words.unnamed).join(', ')}.`}
        </Paragraph>
      )}
      {demographics && (
        <>
          <Heading level={2}>{words.person}</Heading>
          <DataList items={about.filter(([, value]) => value !== undefined && value !== '')} />
        </>
      )}
      {filled.map((name) => (
        <FactList key={name} name={name} facts={record[name]} />
      ))}
    </>
  );
}

function FactList({
  name,
  facts,
}: {
  readonly name: ViewSection;
  readonly facts: readonly ShownFact[];
}): ReactNode {
  const words = useText(text);
  const { number } = useFormats();
  const id = useId();
  const title = words.sections[name];
  return (
    <section aria-labelledby={id} className="portal-stack">
      <Heading level={2} id={id}>
        {`${title} (${number(facts.length)})`}
      </Heading>
      <VirtualList label={title} items={facts} keyOf={({ address }) => address}>
        {(fact) => <FactLine fact={fact} />}
      </VirtualList>
    </section>
  );
}

function FactLine({ fact }: { readonly fact: ShownFact }): ReactNode {
  const words = useText(text);
  const { date } = useFormats();
  const nameOf = ({ custodianName, custodian }: ShownFact['sources'][number]): string =>
    custodianName ?? custodian;
  return (
    <>
      <div>
        <strong>{fact.label}</strong> {fact.value}{' '}
        {fact.conflicts.length + fact.differences.length > 0 && <Badge tone="warning">{words.differ}</Badge>}
      </div>
      <div>
        {fact.date === undefined ? words.undated : <time dateTime={fact.date}>{date(fact.date)}</time>} ·{' '}
        {words.source}:{' '}
        <Tip label={[...new Set(fact.sources.map(nameOf))].join(', ') || words.unnamed}>
          {fact.sources.map((source) => (
            <span key={`${source.custodian} ${source.system}`}>
              {`${words.sourceDetail} ${nameOf(source)} (${source.custodian})`}
            </span>
          ))}
        </Tip>
      </div>
    </>
  );
}
