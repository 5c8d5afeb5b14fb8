import { viewSections, type ViewSection } from '@samenhang/client/sections';
import { Button, Heading, LiveStatus, Select, TextField, useFormats, useText } from '@samenhang/portal-web';
import { useDeferredValue, useId, useMemo, useState, type ReactNode } from 'react';
import type { ShownView } from '../../../src/shown-view.js';
import { text } from '../text.js';
import { FactRows } from './fact-list.js';
import { nameOf } from './source-names.js';
import {
  entriesThatFit,
  everything,
  timelineOf,
  wordFinder,
  type TimelineEntry,
  type TimelineFilter,
} from './timeline.js';

/** All facts by date, and those of them that somebody looks for. */
export function TimelineSection({ view }: { readonly view: ShownView }): ReactNode {
  const words = useText(text);
  const { number } = useFormats();
  const id = useId();
  const entries = useMemo(() => timelineOf(view), [view]);
  const wordsOf = useMemo(wordFinder, [view]);
  const [filter, setFilter] = useState(everything);
  // Typing goes first; the list follows.
  const wanted = useDeferredValue(filter);
  const fitting = useMemo(() => entriesThatFit(entries, wanted, wordsOf), [entries, wanted, wordsOf]);
  const facts = useMemo(() => fitting.map(({ fact }) => fact), [fitting]);
  return (
    <section aria-labelledby={id} className="portal-stack">
      <Heading level={2} id={id}>
        {`${words.timeline} (${number(entries.length)})`}
      </Heading>
      {entries.length > 0 && <Filter entries={entries} filter={filter} onFilter={setFilter} />}
      <LiveStatus isShown>
        {wanted !== everything &&
          `${number(facts.length)} ${words.ofThese} ${number(entries.length)} ${words.facts}`}
      </LiveStatus>
      <FactRows
        label={words.timeline}
        facts={facts}
        empty={entries.length === 0 ? words.noneHere : words.noneFits}
      />
    </section>
  );
}

function Filter({
  entries,
  filter,
  onFilter,
}: {
  readonly entries: readonly TimelineEntry[];
  readonly filter: TimelineFilter;
  readonly onFilter: (filter: TimelineFilter) => void;
}): ReactNode {
  const words = useText(text);
  const sources = useMemo(() => sourcesOf(entries), [entries]);
  const present = useMemo(() => new Set(entries.map(({ kind }) => kind)), [entries]);
  return (
    <form
      role="search"
      aria-label={words.searchTimeline}
      className="portal-stack"
      onSubmit={(event) => event.preventDefault()}
    >
      <div className="portal-row">
        <TextField
          label={words.words}
          type="search"
          value={filter.words}
          onChange={({ target }) => onFilter({ ...filter, words: target.value })}
        />
        <Select
          label={words.kind}
          value={filter.kind}
          onChange={({ target }) => onFilter({ ...filter, kind: target.value as ViewSection | '' })}
        >
          <option value="">{words.all}</option>
          {viewSections
            .filter((kind) => present.has(kind))
            .map((kind) => (
              <option key={kind} value={kind}>
                {words.kinds[kind]}
              </option>
            ))}
        </Select>
        <Select
          label={words.source}
          value={filter.source}
          onChange={({ target }) => onFilter({ ...filter, source: target.value })}
        >
          <option value="">{words.all}</option>
          {sources.map(([ura, name]) => (
            <option key={ura} value={ura}>
              {name}
            </option>
          ))}
        </Select>
        <TextField
          label={words.from}
          type="date"
          value={filter.from}
          onChange={({ target }) => onFilter({ ...filter, from: target.value })}
        />
        <TextField
          label={words.until}
          type="date"
          value={filter.until}
          onChange={({ target }) => onFilter({ ...filter, until: target.value })}
        />
        <Button onClick={() => onFilter(everything)}>{words.clear}</Button>
      </div>
    </form>
  );
}

function sourcesOf(entries: readonly TimelineEntry[]): readonly (readonly [ura: string, name: string])[] {
  const sources = entries.flatMap(({ fact }) => fact.sources);
  const names = new Map(sources.map((source) => [source.custodian, nameOf(source)]));
  return [...names].toSorted(([, a], [, b]) => a.localeCompare(b));
}
