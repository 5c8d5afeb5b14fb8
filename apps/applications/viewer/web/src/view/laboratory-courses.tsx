import { Heading, LineChart, Paragraph, Table, useFormats, useText } from '@samenhang/portal-web';
import type { Fact } from '@samenhang/client';
import { useMemo, useState, type ReactNode } from 'react';
import { text } from '../text.js';
import { coursesOf, type Course } from './courses.js';
import { FactList } from './fact-list.js';
import { FactSources } from './fact-sources.js';
import { findReferenceRange } from './reference-range.js';

/** Results as a list, with a drawing of each test that was done more than once. */
export function LaboratoryCourses({
  title,
  facts,
}: {
  readonly title: string;
  readonly facts: readonly Fact[];
}): ReactNode {
  const courses = useMemo(() => coursesOf(facts).filter(({ points }) => points.length > 1), [facts]);
  return (
    <FactList title={title} facts={facts}>
      {courses.length > 0 && (
        <div className="portal-grid">
          {courses.map((course) => (
            <CourseCard key={`${course.label} ${course.unit}`} course={course} />
          ))}
        </div>
      )}
    </FactList>
  );
}

/** The values of one test, drawn, with the limits of the last one and the same values in a table. */
function CourseCard({ course: { label, unit, points } }: { readonly course: Course }): ReactNode {
  const words = useText(text);
  const { date, number } = useFormats();
  const [isOpen, setOpen] = useState(false);
  const last = points.at(-1);
  const range = last === undefined ? undefined : findReferenceRange(last.fact);
  const limits = [range?.low, range?.high].map((limit) => (limit === undefined ? '…' : number(limit)));
  return (
    <div className="portal-card portal-stack">
      <Heading level={3}>{`${label} (${unit})`}</Heading>
      <LineChart
        title={`${words.course}: ${label}, ${unit}`}
        points={points}
        range={range}
        formatTime={(at) => date(at.toISOString().slice(0, 10))}
      />
      {range && <Paragraph>{`${words.usual}: ${limits.join(' – ')} ${unit}`}</Paragraph>}
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          {words.asTable}
          <span className="portal-visually-hidden">: {label}</span>
        </summary>
        {isOpen && <CourseTable label={label} points={points} />}
      </details>
    </div>
  );
}

function CourseTable({
  label,
  points,
}: {
  readonly label: string;
  readonly points: Course['points'];
}): ReactNode {
  const words = useText(text);
  const { date } = useFormats();
  return (
    <Table
      caption={`${words.course}: ${label}`}
      rows={points.toReversed()}
      keyOf={({ fact }) => fact.address}
      empty={words.noneHere}
      columns={[
        { header: words.date, cell: ({ fact }) => date(fact.date ?? '') },
        { header: words.value, isNumber: true, cell: ({ fact }) => fact.value },
        { header: words.source, cell: ({ fact }) => <FactSources fact={fact} /> },
      ]}
    />
  );
}
