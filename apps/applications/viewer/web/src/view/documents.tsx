import { Button, Heading, Paragraph, useFormats, useText, VirtualList } from '@samenhang/portal-web';
import { useId, useState, type ReactNode } from 'react';
import type { ShownDocument, ShownFile } from '../../../src/documents/shown-document.js';
import type { Question } from '../pages/question.js';
import { text } from '../text.js';
import { FactSources } from './fact-sources.js';
import { OpenFile, type ChosenFile } from './open-file.js';

/** Letters, reports and other files: what there is of them, and each to be opened. */
export function Documents({
  documents,
  question,
}: {
  readonly documents: readonly ShownDocument[];
  readonly question: Question;
}): ReactNode {
  const words = useText(text);
  const { number } = useFormats();
  const id = useId();
  const [chosen, setChosen] = useState<ChosenFile>();
  return (
    <section aria-labelledby={id} className="portal-stack">
      <Heading level={2} id={id}>
        {`${words.kinds.documents} (${number(documents.length)})`}
      </Heading>
      {documents.length === 0 ? (
        <Paragraph>{words.noneHere}</Paragraph>
      ) : (
        <VirtualList
          label={words.kinds.documents}
          items={documents}
          keyOf={({ fact }) => fact.address}
          estimatedHeight={110}
        >
          {(document) => <DocumentLine document={document} onOpen={setChosen} />}
        </VirtualList>
      )}
      {chosen && <OpenFile chosen={chosen} question={question} onClose={() => setChosen(undefined)} />}
    </section>
  );
}

function DocumentLine({
  document: { fact, files },
  onOpen,
}: {
  readonly document: ShownDocument;
  readonly onOpen: (chosen: ChosenFile) => void;
}): ReactNode {
  const words = useText(text);
  const { date } = useFormats();
  return (
    <>
      <div>
        <strong>{fact.label}</strong> {fact.value !== fact.label && fact.value}
      </div>
      <div>
        {fact.date === undefined ? words.undated : <time dateTime={fact.date}>{date(fact.date)}</time>} ·{' '}
        <FactSources fact={fact} />
      </div>
      {files.length === 0 && <div>{words.noFile}</div>}
      {files.map((file) => (
        <FileLine key={file.at} label={fact.label} file={file} onOpen={() => onOpen({ fact, file })} />
      ))}
    </>
  );
}

function FileLine({
  label,
  file,
  onOpen,
}: {
  readonly label: string;
  readonly file: ShownFile;
  readonly onOpen: () => void;
}): ReactNode {
  const words = useText(text);
  const { number } = useFormats();
  const { title, contentType = '', size, name } = file;
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const about = [
    ...(title === undefined || title === label ? [] : [title]),
    words.fileKinds[type] ?? (type === '' ? words.kindUnknown : type),
    ...(size === undefined ? [] : [`${number(Math.ceil(size / 1_000))} kB`]),
  ].join(', ');
  return (
    <div>
      {about}{' '}
      {name ? (
        <Button onClick={onOpen}>
          {words.open}
          <span className="portal-visually-hidden">: {`${label}, ${about}`}</span>
        </Button>
      ) : (
        words.withoutContent
      )}
    </div>
  );
}
