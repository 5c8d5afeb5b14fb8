import {
  Alert,
  Button,
  call,
  Heading,
  Loaded,
  Paragraph,
  ProblemAlert,
  TextField,
  useAnswer,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Permit } from '../permit.js';
import { text } from '../text.js';
import { PermitDetails } from './permit-details.js';

/** Every application, and what the assessor may do about it. */
export function AssessmentPage(): ReactNode {
  const words = useText(text);
  const answer = useAnswer<{ permits: Permit[] }>('/assessment/permits');
  return (
    <>
      <Heading level={1}>{words.assessment}</Heading>
      <Loaded answer={answer}>
        {({ permits }) =>
          permits.length === 0 ? (
            <Paragraph>{words.noApplications}</Paragraph>
          ) : (
            permits
              .toReversed()
              .map((permit) => <Application key={permit.id} permit={permit} onDecided={answer.reload} />)
          )
        }
      </Loaded>
    </>
  );
}

function Application({
  permit,
  onDecided,
}: {
  readonly permit: Permit;
  readonly onDecided: () => void;
}): ReactNode {
  const words = useText(text);
  const { id, title, status, requester } = permit;
  const [problem, setProblem] = useState<Problem>();
  const decide = async (act: 'grant' | 'reject' | 'withdraw', body: object = {}): Promise<void> => {
    setProblem(undefined);
    try {
      await call(`/assessment/permits/${id}/${act}`, { method: 'POST', body });
      onDecided();
    } catch (thrown) {
      setProblem(thrown as Problem);
    }
  };
  const grant = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void decide('grant', { expiresAt: new FormData(event.currentTarget).get('expiresAt') });
  };
  return (
    <section className="portal-card portal-stack" aria-label={title}>
      <Heading level={2}>{title}</Heading>
      <PermitDetails permit={permit} />
      {problem && <ProblemAlert problem={problem} />}
      {status === 'submitted' && (
        <form className="portal-row" onSubmit={grant}>
          <TextField label={words.grantUntil} name="expiresAt" type="date" />
          <Button type="submit" appearance="primary">
            {words.grant}
          </Button>
          <Button onClick={() => void decide('reject')}>{words.reject}</Button>
        </form>
      )}
      {status === 'granted' && (
        <>
          <Alert>{`${words.keysNeeded} project-${id}, counting-${requester}`}</Alert>
          <Button onClick={() => void decide('withdraw')}>{words.withdraw}</Button>
        </>
      )}
    </section>
  );
}
