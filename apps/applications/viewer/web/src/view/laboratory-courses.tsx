import type { Fact } from '@samenhang/client';
import { Heading, LineChart, useText } from '@samenhang/portal-web';
import { useMemo, type ReactNode } from 'react';
import { text } from '../text.js';
import { coursesOf } from './courses.js';
import { FactList } from './fact-list.js';

/** Results as a list, with a drawing of each test that was done more than once. */
export function LaboratoryCourses({
  title,
  facts,
}: {
  readonly title: string;
  readonly facts: readonly Fact[];
}): ReactNode {
  const words = useText(text);
  const courses = useMemo(() => coursesOf(facts).filter(({ points }) => points.length > 1), [facts]);
  return (
    <>
      <FactList title={title} facts={facts} />
      {courses.length > 0 && (
        <div className="portal-grid">
          {courses.map(({ label, unit, points }) => (
            <div className="portal-card portal-stack" key={`${label} ${unit}`}>
              <Heading level={3}>{`${label} (${unit})`}</Heading>
              <LineChart title={`${words.course}: ${label}, ${unit}`} points={points} />
            </div>
          ))}
        </div>
      )}
    </>
  );
}
