import { Alert, Button, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import type { ShownRecord } from '../../../src/shown-record.js';
import { text } from '../text.js';

/** Which care provider did not give everything, and why: never left out in silence. */
export function WhatIsMissing({
  record: { sources, missing },
  onAgain,
}: {
  readonly record: ShownRecord;
  readonly onAgain: () => void;
}): ReactNode {
  const words = useText(text);
  if (missing.length === 0) return null;
  const silent = sources.filter(({ status }) => words.reasons[status] !== undefined);
  return (
    <Alert type="warning" title={words.incomplete}>
      <ul className="utrecht-unordered-list">
        {silent.map(({ custodian, custodianName, status }, at) => (
          <li key={at}>{`${custodianName ?? custodian ?? words.unnamed} ${words.reasons[status] ?? ''}`}</li>
        ))}
        {silent.length === 0 && <li>{words.isMissing}</li>}
      </ul>
      <Button onClick={onAgain}>{words.again}</Button>
    </Alert>
  );
}
