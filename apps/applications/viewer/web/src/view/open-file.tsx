import type { Fact } from '@samenhang/client';
import { Alert, Button, call, Dialog, ProblemAlert, useText, type Problem } from '@samenhang/portal-web';
import { useEffect, useState, type ReactNode } from 'react';
import type { OpenedFile } from '../../../src/documents/opened-file.js';
import type { ShownFile } from '../../../src/documents/shown-document.js';
import type { Question } from '../pages/question.js';
import { text } from '../text.js';
import { ClinicalDocumentText } from './clinical-document-text.js';
import { nameOf } from './source-names.js';

export interface ChosenFile {
  readonly fact: Fact;
  readonly file: ShownFile;
}

type Opened = OpenedFile & { readonly name: string };

/** One file, asked of its source and shown without anything in it being run. */
export function OpenFile({
  chosen: { fact, file },
  question,
  onClose,
}: {
  readonly chosen: ChosenFile;
  readonly question: Question;
  readonly onClose: () => void;
}): ReactNode {
  const words = useText(text);
  const [opened, setOpened] = useState<Opened>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    const controller = new AbortController();
    const body = { ...question, file: file.name };
    call<Opened>('/files', { method: 'POST', body, signal: controller.signal }).then(
      setOpened,
      (thrown: Problem) => {
        if (!controller.signal.aborted) setProblem(thrown);
      },
    );
    return () => controller.abort();
  }, [file.name, question]);
  return (
    <Dialog title={file.title ?? fact.label} onClose={onClose}>
      <p>{fact.sources.map(nameOf).join(', ')}</p>
      {problem && <ProblemAlert problem={problem} />}
      {opened === undefined && problem === undefined && (
        <div data-loading="">
          <Alert>{words.opening}</Alert>
        </div>
      )}
      {opened && <Shown opened={opened} title={file.title ?? fact.label} />}
      <div className="portal-row">
        {opened && (
          <a className="utrecht-link utrecht-link--html-a" href={`/api/files/${opened.name}?keep`} download>
            {words.keep}
          </a>
        )}
        <Button onClick={onClose}>{words.close}</Button>
      </div>
    </Dialog>
  );
}

function Shown({ opened, title }: { readonly opened: Opened; readonly title: string }): ReactNode {
  const words = useText(text);
  const address = `/api/files/${opened.name}`;
  switch (opened.kind) {
    case 'text':
      return (
        <>
          {!opened.isWhole && <Alert type="warning">{words.onlyBeginning}</Alert>}
          <pre className="portal-raw" tabIndex={0}>
            {opened.text}
          </pre>
        </>
      );
    case 'clinical':
      return <ClinicalDocumentText document={opened.document} />;
    case 'image':
      return <img className="portal-image" src={address} alt={title} />;
    case 'pdf':
      // The answer itself puts it in an origin of its own; browsers show no PDF in a frame with the attribute.
      return <iframe className="portal-frame" src={address} title={title} />;
    case 'other':
      return <Alert>{opened.contentType === 'application/pdf' ? words.actsByItself : words.notShown}</Alert>;
  }
}
