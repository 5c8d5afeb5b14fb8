import { Paragraph, ProblemAlert, useText, type Answer } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { text } from '../text.js';

/** Shows an answer once it is there, or why it is not. */
export function Loaded<Value>({
  answer,
  children,
}: {
  readonly answer: Answer<Value>;
  readonly children: (value: Value) => ReactNode;
}): ReactNode {
  const words = useText(text);
  if (answer.problem !== undefined) return <ProblemAlert problem={answer.problem} />;
  if (answer.value === undefined) return <Paragraph>{words.loading}</Paragraph>;
  return children(answer.value);
}
