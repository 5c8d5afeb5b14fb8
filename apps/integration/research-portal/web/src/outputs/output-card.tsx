import { Alert, Badge, Heading, ProgressBar, useFormats, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { HolderAnswers } from '../holder-answers.js';
import { FileButtons } from './file-buttons.js';
import { stepsOf, toneOfOutput, type Output } from './output.js';
import { outputText } from './output-text.js';
import { ReportDetails } from './report-details.js';

/** One output: how far it is, what the check found, and what may be done with it. */
export function OutputCard({
  output,
  files,
  fileLabel,
  children,
}: {
  readonly output: Output;
  /** Where its files are, for who may have them now. */
  readonly files?: string | undefined;
  readonly fileLabel: string;
  readonly children?: ReactNode;
}): ReactNode {
  const words = useText(outputText);
  const { date } = useFormats();
  const { id, status, holders, report, progress, createdAt } = output;
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
      {status === 'running' && progress !== undefined && (
        <ProgressBar
          label={`${words.asked} (${String(progress.done)} / ${String(progress.questions)})`}
          value={progress.done}
          maximum={progress.questions}
        />
      )}
      {output.problem !== undefined && <Alert type="warning">{output.problem}</Alert>}
      {holders.length > 0 && <HolderAnswers holders={holders} />}
      {report && <ReportDetails report={report} />}
      {files !== undefined && (
        <FileButtons
          label={fileLabel}
          files={output.files.map(({ name: file }) => ({ name: file, path: `${files}/${file}` }))}
        />
      )}
      {children}
    </section>
  );
}
