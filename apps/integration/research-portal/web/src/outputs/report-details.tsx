import { DataList, Heading, Table, useFormats, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { reportText } from './report-text.js';
import type { Report } from './report.js';

/** What the automatic check found: how many are alike, what was made coarser, and what each kind of output has beside that. */
export function ReportDetails({ report }: { readonly report: Report }): ReactNode {
  const words = useText(reportText);
  const { number } = useFormats();
  const { requirement, levels = {}, leftOut, omop, card } = report;
  const least = (value: number | undefined): string =>
    value === undefined ? '' : ` (${words.atLeast} ${number(value)})`;
  const items: (readonly [string, string])[] = [
    [words.rows, number(report.rows)],
    ...(leftOut === undefined ? [] : [[words.leftOut, number(leftOut)] as const]),
    [words.classes, number(report.classes)],
    [words.k, `${number(report.k)}${least(requirement?.k)}`],
    ...(report.l === null ? [] : [[words.l, `${number(report.l)}${least(requirement?.l)}`] as const]),
    [
      words.t,
      `${number(report.t)}${requirement === undefined ? '' : ` (${words.atMost} ${number(requirement.t)})`}`,
    ],
    ...Object.entries(levels).map(
      ([column, level]) => [`${words.coarser}: ${column}`, number(level)] as const,
    ),
  ];
  return (
    <>
      <Heading level={4}>{words.report}</Heading>
      <DataList items={items} />
      {omop && <OmopTables omop={omop} />}
      {card && <SetTables card={card} />}
    </>
  );
}

function OmopTables({ omop }: { readonly omop: NonNullable<Report['omop']> }): ReactNode {
  const words = useText(reportText);
  const { number } = useFormats();
  return (
    <>
      <Table
        caption={words.tables}
        rows={Object.entries(omop.tables)}
        keyOf={([name]) => name}
        empty=""
        columns={[
          { header: words.table, cell: ([name]) => name },
          { header: words.rows, isNumber: true, cell: ([, { rows }]) => number(rows) },
          { header: words.unmapped, isNumber: true, cell: ([, { unmapped }]) => number(unmapped) },
          { header: words.unreviewed, isNumber: true, cell: ([, { unreviewed }]) => number(unreviewed) },
        ]}
      />
      <DataList
        items={[
          ...Object.entries(omop.leftOut).map(
            ([reason, count]) =>
              [words.reasons[reason as keyof typeof words.reasons], number(count)] as const,
          ),
          [words.withoutVisit, number(omop.withoutVisit)],
        ]}
      />
    </>
  );
}

function SetTables({ card }: { readonly card: NonNullable<Report['card']> }): ReactNode {
  const words = useText(reportText);
  const { number } = useFormats();
  const told = (count: number | null): string => (count === null ? words.few : number(count));
  return (
    <>
      <Table
        caption={words.sets}
        rows={Object.entries(card.sets)}
        keyOf={([name]) => name}
        empty=""
        columns={[
          { header: words.set, cell: ([name]) => name },
          { header: words.persons, isNumber: true, cell: ([, { persons }]) => told(persons) },
          { header: words.rows, isNumber: true, cell: ([, { rows }]) => told(rows) },
        ]}
      />
      <Table
        caption={words.fields}
        rows={card.fields}
        keyOf={({ name }) => name}
        empty=""
        columns={[
          { header: words.field, cell: ({ name }) => name },
          {
            header: words.filled,
            isNumber: true,
            cell: ({ filled }) => (filled === null ? words.few : `${number(filled)}%`),
          },
        ]}
      />
      <ul>
        {card.limits.map((limit) => (
          <li key={limit}>{limit}</li>
        ))}
      </ul>
    </>
  );
}
