import { Alert, Button, useText, type Problem } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { text } from '../text.js';

/** Why one care provider's part is not there: never left out in silence. */
export function Unavailable({
  problem,
  onAgain,
}: {
  readonly problem: Problem;
  readonly onAgain: () => void;
}): ReactNode {
  const words = useText(text);
  if (problem.status === 401) return null;
  if (problem.status === 403 || problem.status === 404) return <Alert>{words.notGiven}</Alert>;
  return (
    <Alert type="warning">
      {words.notAvailable} <Button onClick={onAgain}>{words.again}</Button>
    </Alert>
  );
}
