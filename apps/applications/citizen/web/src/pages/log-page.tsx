import { Button, Heading, Paragraph, Select, TextField, useText } from '@samenhang/portal-web';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { CareProvider } from '../citizen.js';
import { text } from '../text.js';
import { logFilters, type LogFilter } from './log-lines.js';
import { ProviderLog } from './provider-log.js';

const DAYS_SHOWN = 30;
const DAY_MS = 86_400_000;
const dayOf = (moment: number): string => new Date(moment).toISOString().slice(0, 10);

/** Who looked, at each care provider: a period, and what of it somebody wants to see. */
export function LogPage({ careProviders }: { readonly careProviders: readonly CareProvider[] }): ReactNode {
  const words = useText(text);
  const [period, setPeriod] = useState(() => ({
    from: dayOf(Date.now() - DAYS_SHOWN * DAY_MS),
    until: dayOf(Date.now()),
  }));
  const [wrong, setWrong] = useState<string>();
  const [filter, setFilter] = useState<LogFilter>({ only: 'all', words: '' });
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
          <Button type="submit" appearance="primary">
            {words.show}
          </Button>
        </div>
      </form>
      <form className="portal-row" role="search" onSubmit={(event) => event.preventDefault()}>
        <Select
          label={words.filter}
          value={filter.only}
          onChange={({ target }) => setFilter({ ...filter, only: target.value as LogFilter['only'] })}
        >
          {logFilters.map((name) => (
            <option key={name} value={name}>
              {words.filters[name]}
            </option>
          ))}
        </Select>
        <TextField
          label={words.lookFor}
          type="search"
          value={filter.words}
          onChange={({ target }) => setFilter({ ...filter, words: target.value })}
        />
      </form>
      {careProviders.map((provider) => (
        <ProviderLog key={provider.ura} provider={provider} filter={filter} {...period} />
      ))}
    </>
  );
}
