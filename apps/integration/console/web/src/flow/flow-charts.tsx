import { LineChart, Paragraph, Table, useFormats, useLanguage, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { flowText } from './flow-text.js';
import type { FlowPoint } from './source-flow.js';

/** Flow and lag of one source, as charts and as the table of their values. */
export function FlowCharts({
  name,
  points,
}: {
  readonly name: string;
  readonly points: readonly FlowPoint[];
}): ReactNode {
  const words = useText(flowText);
  const { number } = useFormats();
  const timeOf = useTimes();
  if (points.length === 0) return <Paragraph>{words.none}</Paragraph>;
  const rounded = (value: number): string => number(Math.round(value * 10) / 10);
  const pointsOf = (valueOf: (point: FlowPoint) => number | null) =>
    points.flatMap((point) => {
      const value = valueOf(point);
      return value === null
        ? []
        : [{ at: point.at, value, text: `${timeOf(new Date(point.at))}: ${rounded(value)}` }];
    });
  return (
    <>
      <div className="portal-grid">
        <Chart title={words.flow} name={name} points={pointsOf(({ perMinute }) => perMinute)} />
        <Chart title={words.lag} name={name} points={pointsOf(({ waiting }) => waiting)} />
      </div>
      <details>
        <summary>{words.values}</summary>
        <Table
          caption={`${words.title}, ${name}`}
          rows={[...points].reverse()}
          keyOf={({ at }) => String(at)}
          empty={words.none}
          columns={[
            { header: words.moment, cell: ({ at }) => timeOf(new Date(at)) },
            {
              header: words.perMinute,
              isNumber: true,
              cell: ({ perMinute }) => (perMinute === null ? '' : rounded(perMinute)),
            },
            { header: words.waiting, isNumber: true, cell: ({ waiting }) => number(waiting) },
            { header: words.quarantined, isNumber: true, cell: ({ quarantined }) => number(quarantined) },
          ]}
        />
      </details>
    </>
  );
}

function Chart({
  title,
  name,
  points,
}: {
  readonly title: string;
  readonly name: string;
  readonly points: readonly { readonly at: number; readonly value: number; readonly text: string }[];
}): ReactNode {
  const words = useText(flowText);
  const timeOf = useTimes();
  return (
    <figure className="portal-card">
      <figcaption>{title}</figcaption>
      {points.length === 0 ? (
        <Paragraph>{words.none}</Paragraph>
      ) : (
        <LineChart title={`${title}, ${name}`} points={points} formatTime={timeOf} />
      )}
    </figure>
  );
}

function useTimes(): (moment: Date) => string {
  const locale = useLanguage().language === 'nl' ? 'nl-NL' : 'en-GB';
  return (moment) => moment.toLocaleTimeString(locale, { timeStyle: 'medium', timeZone: 'Europe/Amsterdam' });
}
