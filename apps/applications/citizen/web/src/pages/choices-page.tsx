import type { DataUse, OwnChoices, RecordedChoice } from '@samenhang/client';
import {
  Alert,
  Button,
  call,
  Heading,
  Paragraph,
  ProblemAlert,
  Table,
  useAnswer,
  useFormats,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useState, type ReactNode } from 'react';
import type { CareProvider } from '../citizen.js';
import { text } from '../text.js';
import { ChoiceForm } from './choice-form.js';
import { Unavailable } from './unavailable.js';

export function ChoicesPage({
  careProviders,
}: {
  readonly careProviders: readonly CareProvider[];
}): ReactNode {
  const words = useText(text);
  const { value, problem, isLoading, reload } = useAnswer<OwnChoices>('/choices');
  const [saved, setSaved] = useState(false);
  const [fault, setFault] = useState<Problem>();
  const change = async (path: string, method: 'PUT' | 'DELETE', body?: object): Promise<void> => {
    setSaved(false);
    setFault(undefined);
    try {
      await call(path, { method, ...(body === undefined ? {} : { body }) });
      setSaved(true);
    } catch (thrown) {
      setFault(thrown as Problem);
    }
    reload();
  };
  return (
    <>
      <Heading level={1}>{words.choices}</Heading>
      <Paragraph>{words.choicesExplained}</Paragraph>
      {isLoading && <Alert>{words.loading}</Alert>}
      {problem && <Unavailable problem={problem} onAgain={reload} />}
      {fault && <ProblemAlert problem={fault} />}
      {saved && <Alert type="ok">{words.saved}</Alert>}
      {value && (
        <>
          <Heading level={2}>{words.optOuts}</Heading>
          <OptOutCard use="primary" choices={value} onChange={change} />
          <OptOutCard use="secondary" choices={value} onChange={change} />
          <Heading level={2}>{words.ownChoices}</Heading>
          <ChoiceTable choices={value.choices} careProviders={careProviders} onChange={change} />
          <Heading level={2}>{words.newChoice}</Heading>
          <ChoiceForm
            careProviders={careProviders}
            onChoose={(choice) => void change('/choices', 'PUT', choice)}
          />
        </>
      )}
    </>
  );
}

type Change = (path: string, method: 'PUT' | 'DELETE') => Promise<void>;

function OptOutCard({
  use,
  choices,
  onChange,
}: {
  readonly use: DataUse;
  readonly choices: OwnChoices;
  readonly onChange: Change;
}): ReactNode {
  const words = useText(text);
  const { date } = useFormats();
  const optOut = choices.optOuts.find((one) => one.use === use);
  const title = words[`${use}Title`];
  const action = optOut === undefined ? words.stopSharing : words.shareAgain;
  return (
    <div className="portal-card portal-stack">
      <Heading level={3}>{title}</Heading>
      <Paragraph>{words[`${use}${optOut === undefined ? 'Off' : 'On'}`]}</Paragraph>
      {optOut && (
        <Paragraph>
          {words.since} {date(optOut.since)}
        </Paragraph>
      )}
      <Button onClick={() => void onChange(`/opt-outs/${use}`, optOut === undefined ? 'PUT' : 'DELETE')}>
        {action}
        <span className="portal-visually-hidden">: {title}</span>
      </Button>
    </div>
  );
}

function ChoiceTable({
  choices,
  careProviders,
  onChange,
}: {
  readonly choices: readonly RecordedChoice[];
  readonly careProviders: readonly CareProvider[];
  readonly onChange: Change;
}): ReactNode {
  const words = useText(text);
  const holderOf = ({ holder }: RecordedChoice): string => {
    if (!('ura' in holder)) return holder.facilityType;
    return careProviders.find(({ ura }) => ura === holder.ura)?.name ?? holder.ura;
  };
  const sentenceOf = (choice: RecordedChoice): string =>
    `${holderOf(choice)}, ${words.categories[choice.category] ?? choice.category}`;
  return (
    <Table
      caption={words.ownChoices}
      rows={choices}
      keyOf={({ id }) => id}
      empty={words.noChoices}
      columns={[
        { header: words.holder, cell: holderOf },
        { header: words.category, cell: ({ category }) => words.categories[category] ?? category },
        {
          header: words.requester,
          cell: ({ requesterCategory: code }) =>
            code === undefined ? words.anyone : (words.requesters[code] ?? code),
        },
        { header: words.decision, cell: ({ decision }) => words[decision] },
        {
          header: words.withdraw,
          cell: (choice) => (
            <Button onClick={() => void onChange(`/choices/${choice.id}`, 'DELETE')}>
              {words.withdraw}
              <span className="portal-visually-hidden">: {sentenceOf(choice)}</span>
            </Button>
          ),
        },
      ]}
    />
  );
}
