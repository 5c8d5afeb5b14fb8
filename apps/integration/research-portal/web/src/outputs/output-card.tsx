import {
  Alert,
  Badge,
  DataList,
  download,
  Button,
  Heading,
  ProblemAlert,
  useFormats,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useState, type ReactNode } from 'react';
import { HolderAnswers } from '../holder-answers.js';
import { stepsOf, toneOfOutput, type Output } from './output.js';
import { outputText } from './output-text.js';

/** One output: how far it is, what the check found, and what may be done with it. */
export function OutputCard({
  output,
  file,
  fileLabel,
  children,
}: {
  readonly output: Output;
  /** Where its file is, for who may have it now. */
  readonly file?: string | undefined;
  readonly fileLabel: string;
  readonly children?: ReactNode;
}): ReactNode {
  const words = useText(outputText);
  const { date } = useFormats();
  const [problem, setProblem] = useState<Problem>();
  const { id, status, holders, report, createdAt } = output;
  const fetchFile = async (path: string): Promise<void> => {
    setProblem(undefined);
    try {
      await download(path);
    } catch (thrown) {
      setProblem(thrown as Problem);
    }
  };
  const name = `${words.made} ${date(createdAt)}`;
  return (
    <section className="portal-card portal-stack" aria-label={`${name}, ${id}`}>
      <Heading level={3}>{name}</Heading>
      <ol className="portal-row" aria-label={words.steps}>
        {stepsOf(status).map((step) => (
          <li key={step} aria-current={step === status ? 'step' : undefined}>
            {step === status ? (
              <Badge tone={toneOfOutput[step]}>{words.states[step]}</Badge>
            ) : (
              words.states[step]
            )}
          </li>
        ))}
      </ol>
      <div className="portal-visually-hidden" role="status">
        {words.states[status]}
      </div>
      {output.problem !== undefined && <Alert type="warning">{output.problem}</Alert>}
      {holders.length > 0 && <HolderAnswers holders={holders} />}
      {report && (
        <>
          <Heading level={4}>{words.report}</Heading>
          <DataList items={Object.entries(report).map(([label, value]) => [label, shown(value)])} />
        </>
      )}
      {problem && <ProblemAlert problem={problem} />}
      <div className="portal-row">
        {file !== undefined && <Button onClick={() => void fetchFile(file)}>{fileLabel}</Button>}
        {children}
      </div>
    </section>
  );
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
