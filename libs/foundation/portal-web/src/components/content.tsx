import { useId, useRef, type ReactNode } from 'react';
import type { Problem } from '../api.js';
import { usePageTitle } from '../page-title.js';

interface HeadingProps {
  readonly level: 1 | 2 | 3 | 4;
  readonly children: ReactNode;
  readonly id?: string;
}

/** The first heading of a page names the page: in the title of the window too. */
export function Heading({ level, children, id }: HeadingProps): ReactNode {
  const Tag = `h${level}` as const;
  const element = useRef<HTMLHeadingElement>(null);
  usePageTitle(level === 1 ? element : undefined);
  return (
    <Tag className={`utrecht-heading-${level}`} id={id} ref={element}>
      {children}
    </Tag>
  );
}

export function Paragraph({ children }: { readonly children: ReactNode }): ReactNode {
  return <p className="utrecht-paragraph">{children}</p>;
}

export type Tone = 'positive' | 'warning' | 'negative' | 'neutral';

/** A short state in words; its colour adds nothing that the words do not say. */
export function Badge({
  tone = 'neutral',
  children,
}: {
  readonly tone?: Tone;
  readonly children: ReactNode;
}): ReactNode {
  return <span className={`portal-badge portal-badge--${tone}`}>{children}</span>;
}

const alertTypes = { info: 'info', ok: 'ok', warning: 'warning', error: 'error' } as const;

/** Says something that the reader must not miss; read aloud when it appears. */
export function Alert({
  type = 'info',
  title,
  children,
}: {
  readonly type?: keyof typeof alertTypes;
  readonly title?: string | undefined;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <div
      className={`utrecht-alert utrecht-alert--${alertTypes[type]}`}
      role={type === 'error' || type === 'warning' ? 'alert' : 'status'}
    >
      <div className="utrecht-alert__content">
        {title && <strong>{title}</strong>}
        {children && <div>{children}</div>}
      </div>
    </div>
  );
}

export function ProblemAlert({
  problem,
  title,
}: {
  readonly problem: Problem;
  readonly title?: string;
}): ReactNode {
  return (
    <Alert type="error" title={title ?? problem.detail}>
      {title !== undefined && <p>{problem.detail}</p>}
      {problem.issues.some((issue) => issue !== problem.detail) && (
        <ul>
          {problem.issues.map((issue) => (
            <li key={issue}>{issue}</li>
          ))}
        </ul>
      )}
    </Alert>
  );
}

export function DataList({
  items,
}: {
  readonly items: readonly (readonly [label: string, value: ReactNode])[];
}): ReactNode {
  return (
    <dl className="portal-data">
      {items.map(([label, value]) => (
        <div key={label} style={{ display: 'contents' }}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** How far something has come; said in words beside the bar. */
export function ProgressBar({
  label,
  value,
  maximum,
}: {
  readonly label: string;
  readonly value: number;
  readonly maximum: number;
}): ReactNode {
  const id = useId();
  return (
    <div className="portal-progress">
      <label htmlFor={id}>{label}</label>
      <progress id={id} value={Math.min(value, maximum)} max={Math.max(maximum, 1)} />
    </div>
  );
}

export interface Column<Row> {
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  readonly isNumber?: boolean;
}

/** The first column names the row. */
export function Table<Row>({
  caption,
  columns,
  rows,
  keyOf,
  empty,
}: {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** What is said when there are no rows. */
  readonly empty: string;
}): ReactNode {
  if (rows.length === 0) return <Paragraph>{empty}</Paragraph>;
  return (
    <div className="portal-scroll" role="group" aria-label={caption} tabIndex={0}>
      <table className="utrecht-table portal-table">
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ header, isNumber }) => (
              <th scope="col" key={header} className={isNumber ? 'portal-table__number' : undefined}>
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ header, cell, isNumber }, at) =>
                at === 0 ? (
                  <th scope="row" key={header}>
                    {cell(row)}
                  </th>
                ) : (
                  <td key={header} className={isNumber ? 'portal-table__number' : undefined}>
                    {cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
