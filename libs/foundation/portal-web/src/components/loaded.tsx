import type { ReactNode } from 'react';
import { defineText, useText } from '../text.js';
import type { Answer } from '../use-answer.js';
import { ProblemAlert } from './content.js';

const words = defineText('Laden …', 'Loading …');

/** Shows an answer once it is there, or why it is not. */
export function Loaded<Value>({
  answer,
  children,
}: {
  readonly answer: Answer<Value>;
  readonly children: (value: Value) => ReactNode;
}): ReactNode {
  const loading = useText(words);
  if (answer.problem !== undefined) return <ProblemAlert problem={answer.problem} />;
  if (answer.value === undefined)
    return (
      <p className="utrecht-paragraph" role="status" data-loading="">
        {loading}
      </p>
    );
  return children(answer.value);
}
