import { Alert, DataList, Heading, Table, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import type { ShownView } from '../../../src/shown-view.js';
import { text } from '../text.js';
import { FactList } from './fact-list.js';
import { LaboratoryCourses } from './laboratory-courses.js';
import { nameOf } from './source-names.js';

/** The whole of what the sources say about one person; what is missing comes first. */
export function View({ view }: { readonly view: ShownView }): ReactNode {
  const words = useText(text);
  if (view.nothingRegistered) return <Alert type="warning">{words.nothingRegistered}</Alert>;
  const sections = [
    [words.problems, view.problems],
    [words.allergies, view.allergies],
    [words.medication, view.medication],
    [words.laboratory, view.laboratoryResults],
    [words.vitals, view.vitalSigns],
    [words.encounters, view.encounters],
    [words.procedures, view.procedures],
    [words.immunizations, view.immunizations],
  ] as const;
  const all = sections.flatMap(([, facts]) => facts);
  return (
    <>
      <Missing view={view} />
      <Person view={view} />
      <Conflicts view={view} />
      {sections.slice(0, 3).map(([title, facts]) => (
        <FactList key={title} title={title} facts={facts} />
      ))}
      <LaboratoryCourses title={words.laboratory} facts={view.laboratoryResults} />
      <LaboratoryCourses title={words.vitals} facts={view.vitalSigns} />
      {sections.slice(5).map(([title, facts]) => (
        <FactList key={title} title={title} facts={facts} />
      ))}
      <FactList title={words.timeline} facts={newestFirst(all)} />
      {view.retracted.length > 0 && <FactList title={words.retracted} facts={view.retracted} />}
      <Sources view={view} />
    </>
  );
}

function newestFirst(facts: ShownView['problems']): ShownView['problems'] {
  return facts.toSorted((a, b) => (b.date ?? '').localeCompare(a.date ?? ''));
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

function Person({ view }: { readonly view: ShownView }): ReactNode {
  const words = useText(text);
  if (view.demographics === undefined) return null;
  return (
    <section aria-labelledby="person" className="portal-stack">
      <Heading level={2} id="person">
        {words.person}
      </Heading>
      <DataList
        items={view.demographics.elements.map(({ element, values }) => [
          element,
          <ul key={element} className="utrecht-unordered-list">
            {values.map(({ text: said, custodians }) => (
              <li key={said}>
                {said} ({words.stated} {custodians.join(', ')})
              </li>
            ))}
          </ul>,
        ])}
      />
    </section>
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
  return (
    <section aria-labelledby="sources" className="portal-stack">
      <Heading level={2} id="sources">
        {words.sources}
      </Heading>
      <Table
        caption={words.sources}
        rows={view.sources.map((source, at) => ({ ...source, at }))}
        keyOf={({ at }) => String(at)}
        empty={words.noneHere}
        columns={[
          {
            header: words.source,
            cell: ({ custodian, custodianName }) => custodianName ?? custodian ?? words.notNamed,
          },
          { header: words.answer, cell: ({ status }) => status },
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
