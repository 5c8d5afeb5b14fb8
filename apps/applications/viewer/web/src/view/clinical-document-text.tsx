import { DataList, Heading, useFormats, useText } from '@samenhang/portal-web';
import { createElement, type ReactNode } from 'react';
import type {
  ClinicalDocument,
  ClinicalSection,
  Narrative,
  NarrativeTag,
} from '../../../src/documents/clinical-document.js';
import { text } from '../text.js';

/** The words of a CDA document in elements of this page: nothing of its markup gets here but what `NarrativeTag` names. */
export function ClinicalDocumentText({ document }: { readonly document: ClinicalDocument }): ReactNode {
  const words = useText(text);
  const { date } = useFormats();
  const about = [
    [words.documentTitle, document.title],
    [words.patient, document.patient],
    [words.author, document.author],
    [words.custodian, document.custodian],
    [words.date, document.date === undefined ? undefined : date(document.date)],
  ] as const;
  return (
    <>
      <DataList items={about.filter(([, value]) => value !== undefined)} />
      {document.sections.map((section, at) => (
        <Section key={at} section={section} level={3} />
      ))}
    </>
  );
}

function Section({
  section: { title, contents, sections },
  level,
}: {
  readonly section: ClinicalSection;
  readonly level: 3 | 4;
}): ReactNode {
  return (
    <div className="portal-stack">
      {title !== undefined && <Heading level={level}>{title}</Heading>}
      <div className="portal-words">
        <Contents contents={contents} />
      </div>
      {sections.map((section, at) => (
        <Section key={at} section={section} level={4} />
      ))}
    </div>
  );
}

const looks: Partial<Record<NarrativeTag, string>> = {
  table: 'utrecht-table portal-table',
  ul: 'utrecht-unordered-list',
};

function Contents({ contents }: { readonly contents: readonly Narrative[] }): ReactNode {
  return contents.map((one, at) => {
    if (typeof one === 'string') return one;
    const look = looks[one.tag];
    const properties = { key: at, ...(look === undefined ? {} : { className: look }) };
    return one.tag === 'br'
      ? createElement('br', properties)
      : createElement(one.tag, properties, <Contents contents={one.contents} />);
  });
}
