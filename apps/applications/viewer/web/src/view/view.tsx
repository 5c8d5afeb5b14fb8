import { Alert, Heading, Table, useText } from '@samenhang/portal-web';
import { useMemo, type ReactNode } from 'react';
import type { ShownView } from '../../../src/shown-view.js';
import type { Question } from '../pages/question.js';
import { text } from '../text.js';
import { Documents } from './documents.js';
import { FactList } from './fact-list.js';
import { LaboratoryCourses } from './laboratory-courses.js';
import { Person } from './person.js';
import { nameOf } from './source-names.js';
import { TimelineSection } from './timeline-section.js';

/** The whole of what the sources say about one person; what is missing comes first. */
export function View({
  view,
  question,
}: {
  readonly view: ShownView;
  readonly question: Question;
}): ReactNode {
  const words = useText(text);
  if (view.nothingRegistered) return <Alert type="warning">{words.nothingRegistered}</Alert>;
  return (
    <>
      <Missing view={view} />
      <Person view={view} />
      <Conflicts view={view} />
      <FactList title={words.kinds.problems} facts={view.problems} />
      <FactList title={words.kinds.allergies} facts={view.allergies} />
      <FactList title={words.kinds.medication} facts={view.medication} />
      <LaboratoryCourses title={words.kinds.laboratoryResults} facts={view.laboratoryResults} />
      <LaboratoryCourses title={words.kinds.vitalSigns} facts={view.vitalSigns} />
      <FactList title={words.kinds.encounters} facts={view.encounters} />
      <FactList title={words.kinds.procedures} facts={view.procedures} />
      <FactList title={words.kinds.immunizations} facts={view.immunizations} />
      <Documents documents={view.documents} question={question} />
      {view.others.length > 0 && <FactList title={words.kinds.others} facts={view.others} />}
      <TimelineSection view={view} />
      {view.retracted.length > 0 && <FactList title={words.retracted} facts={view.retracted} />}
      <Sources view={view} />
    </>
  );
}

function Missing({ view }: { readonly view: ShownView }): ReactNode {
  const words = useText(text);
  if (view.missing.length === 0) return null;
  return (
    <Alert type="warning" title={words.incomplete}>
      <ul>
        {view.missing.map((one) => (
          <li key={`${one.custodian ?? ''} ${one.code} ${one.text}`}>
            {one.custodianName !== undefined && <strong>{one.custodianName}: </strong>}
            {one.text}
          </li>
        ))}
      </ul>
    </Alert>
  );
}

function Conflicts({ view }: { readonly view: ShownView }): ReactNode {
  const words = useText(text);
  if (view.conflicts.length === 0) return null;
  return (
    <section aria-labelledby="conflicts" className="portal-stack">
      <Heading level={2} id="conflicts">
        {words.conflicts}
      </Heading>
      <ul className="utrecht-unordered-list">
        {view.conflicts.map(({ elements, facts }) => (
          <li key={facts.map(({ address }) => address).join()}>
            {elements.join(', ')}:
            <ul>
              {facts.map((fact) => (
                <li key={fact.address}>
                  {fact.label}
                  {fact.status !== undefined && `, ${fact.status}`} ({fact.sources.map(nameOf).join(', ')})
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Sources({ view }: { readonly view: ShownView }): ReactNode {
  const words = useText(text);
  const rows = useMemo(() => view.sources.map((source, at) => ({ ...source, at })), [view]);
  return (
    <section aria-labelledby="sources" className="portal-stack">
      <Heading level={2} id="sources">
        {words.sources}
      </Heading>
      <Table
        caption={words.sources}
        rows={rows}
        keyOf={({ at }) => String(at)}
        empty={words.noneHere}
        columns={[
          {
            header: words.source,
            cell: ({ custodian, custodianName }) => custodianName ?? custodian ?? words.notNamed,
          },
          { header: words.answer, cell: ({ status }) => words.statuses[status] ?? status },
          {
            header: words.time,
            isNumber: true,
            cell: ({ milliseconds }) => milliseconds !== undefined && `${milliseconds} ${words.milliseconds}`,
          },
        ]}
      />
    </section>
  );
}
