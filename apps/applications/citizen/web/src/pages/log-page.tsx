import {
  Alert,
  Badge,
  Button,
  Heading,
  Paragraph,
  TextField,
  useAnswer,
  useFormats,
  useLanguage,
  useText,
  VirtualList,
} from '@samenhang/portal-web';
import { useId, useState, type FormEvent, type ReactNode } from 'react';
import type { CareProvider } from '../citizen.js';
import { text } from '../text.js';
import { Unavailable } from './unavailable.js';

interface Line {
  readonly when: string;
  readonly text: string;
  readonly emergency: boolean;
  readonly intact: boolean;
}

interface Log {
  readonly intact: boolean;
  readonly isComplete: boolean;
  readonly entries: readonly Line[];
}

const DAYS_SHOWN = 30;
const DAY_MS = 86_400_000;
const dayOf = (moment: number): string => new Date(moment).toISOString().slice(0, 10);

export function LogPage({ careProviders }: { readonly careProviders: readonly CareProvider[] }): ReactNode {
  const words = useText(text);
  const [period, setPeriod] = useState(() => ({
    from: dayOf(Date.now() - DAYS_SHOWN * DAY_MS),
    until: dayOf(Date.now()),
  }));
  const [wrong, setWrong] = useState<string>();
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [from, until] = [String(form.get('from')), String(form.get('until'))];
    const isRight = from !== '' && until !== '' && from <= until;
    setWrong(isRight ? undefined : words.datesWrong);
    if (isRight) setPeriod({ from, until });
  };
  return (
    <>
      <Heading level={1}>{words.log}</Heading>
      <Paragraph>{words.logExplained}</Paragraph>
      <form className="portal-stack" onSubmit={submit} noValidate>
        <div className="portal-row">
          <TextField label={words.from} name="from" type="date" defaultValue={period.from} error={wrong} />
          <TextField label={words.until} name="until" type="date" defaultValue={period.until} />
        </div>
        <Button type="submit" appearance="primary">
          {words.show}
        </Button>
      </form>
      {careProviders.map((provider) => (
        <ProviderLog key={provider.ura} provider={provider} {...period} />
      ))}
    </>
  );
}

function ProviderLog({
  provider,
  from,
  until,
}: {
  readonly provider: CareProvider;
  readonly from: string;
  readonly until: string;
}): ReactNode {
  const words = useText(text);
  const id = useId();
  const { language } = useLanguage();
  const query = new URLSearchParams({ from, until, language });
  const { value, problem, isLoading, reload } = useAnswer<Log>(
    `/access-log/${provider.ura}?${query.toString()}`,
  );
  return (
    <section aria-labelledby={id} className="portal-stack">
      <Heading level={2} id={id}>
        {provider.name}
      </Heading>
      {isLoading && <Alert>{words.loading}</Alert>}
      {problem && <Unavailable problem={problem} onAgain={reload} />}
      {value && !value.intact && <Alert type="error">{words.notIntact}</Alert>}
      {value && !value.isComplete && <Alert type="warning">{words.moreLog}</Alert>}
      {value && <Lines lines={value.entries} provider={provider} />}
    </section>
  );
}

function Lines({
  lines,
  provider,
}: {
  readonly lines: readonly Line[];
  readonly provider: CareProvider;
}): ReactNode {
  const words = useText(text);
  const { date } = useFormats();
  if (lines.length === 0) return <Paragraph>{words.noLog}</Paragraph>;
  const numbered = lines.map((line, at) => ({ ...line, at }));
  return (
    <VirtualList
      label={`${words.log} ${provider.name}`}
      items={numbered}
      keyOf={({ at, when }) => `${at} ${when}`}
    >
      {(line) => (
        <>
          <div>
            <time dateTime={line.when}>{date(line.when)}</time>
          </div>
          <div>{line.emergency ? <Badge tone="warning">{line.text}</Badge> : line.text}</div>
        </>
      )}
    </VirtualList>
  );
}
