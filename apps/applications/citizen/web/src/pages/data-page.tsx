import type { Fact, OwnRecord } from '@samenhang/client';
import {
  Alert,
  DataList,
  Heading,
  Paragraph,
  useAnswer,
  useFormats,
  useText,
  VirtualList,
} from '@samenhang/portal-web';
import { useId, type ReactNode } from 'react';
import type { CareProvider } from '../citizen.js';
import { text } from '../text.js';
import { Unavailable } from './unavailable.js';

/** What the server sends of a record: all but the Bundle it was read from. */
type ShownRecord = Omit<OwnRecord, 'bundle'>;

export function DataPage({ careProviders }: { readonly careProviders: readonly CareProvider[] }): ReactNode {
  const words = useText(text);
  return (
    <>
      <Heading level={1}>{words.data}</Heading>
      <Paragraph>{words.dataExplained}</Paragraph>
      {careProviders.map((provider) => (
        <Provider key={provider.ura} provider={provider} />
      ))}
    </>
  );
}

/** Each by itself: who is slow or away keeps nobody waiting. */
function Provider({ provider }: { readonly provider: CareProvider }): ReactNode {
  const words = useText(text);
  const id = useId();
  const { value, problem, isLoading, reload } = useAnswer<ShownRecord>(`/records/${provider.ura}`);
  return (
    <section aria-labelledby={id} className="portal-stack">
      <Heading level={2} id={id}>
        {provider.name}
      </Heading>
      {isLoading && <Alert>{words.loading}</Alert>}
      {problem && <Unavailable problem={problem} onAgain={reload} />}
      {value && <Record record={value} provider={provider} />}
    </section>
  );
}

function Record({
  record,
  provider,
}: {
  readonly record: ShownRecord;
  readonly provider: CareProvider;
}): ReactNode {
  const words = useText(text);
  const { date } = useFormats();
  const sections = [
    [words.problems, record.problems],
    [words.allergies, record.allergies],
    [words.medication, record.medication],
    [words.laboratory, record.laboratoryResults],
    [words.vitals, record.vitalSigns],
    [words.encounters, record.encounters],
    [words.procedures, record.procedures],
    [words.immunizations, record.immunizations],
  ] as const;
  const filled = sections.filter(([, facts]) => facts.length > 0);
  const { demographics } = record;
  if (demographics === undefined && filled.length === 0) return <Paragraph>{words.nothing}</Paragraph>;
  const about = [
    [words.personName, demographics?.name],
    [words.birthDate, demographics?.birthDate && date(demographics.birthDate)],
    [words.address, demographics?.address],
  ] as const;
  return (
    <>
      {demographics && <DataList items={about.filter(([, value]) => value !== undefined && value !== '')} />}
      {filled.map(([title, facts]) => (
        <FactList key={title} title={title} facts={facts} provider={provider} />
      ))}
    </>
  );
}

function FactList({
  title,
  facts,
  provider,
}: {
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly provider: CareProvider;
}): ReactNode {
  const words = useText(text);
  const { date } = useFormats();
  return (
    <div className="portal-stack">
      <Heading level={3}>{`${title} (${facts.length})`}</Heading>
      <VirtualList label={`${title}, ${provider.name}`} items={facts} keyOf={({ address }) => address}>
        {(fact) => (
          <>
            <div>
              <strong>{fact.label}</strong> {fact.value}
            </div>
            <div>
              {fact.date === undefined ? words.undated : <time dateTime={fact.date}>{date(fact.date)}</time>}{' '}
              · {words.source}: {fact.sources.map(({ custodianName }) => custodianName).join(', ')}
            </div>
          </>
        )}
      </VirtualList>
    </div>
  );
}
