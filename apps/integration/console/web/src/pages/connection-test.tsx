import {
  Alert,
  Badge,
  Button,
  call,
  ProblemAlert,
  Table,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useState, type ReactNode } from 'react';
import { text } from '../text.js';

interface Outcome {
  readonly ok: boolean;
  readonly steps: readonly { readonly step: string; readonly ok: boolean; readonly detail: string }[];
}

/** Tries the connection to a source, step by step; nothing is taken in. */
export function ConnectionTest({ id }: { readonly id: string }): ReactNode {
  const words = useText(text);
  const [state, setState] = useState<'idle' | 'testing' | Outcome | Problem>('idle');
  const test = async (): Promise<void> => {
    setState('testing');
    setState(
      await call<Outcome>(`/sources/${id}/test`, { method: 'POST' }).catch((thrown: Problem) => thrown),
    );
  };
  return (
    <>
      <Button onClick={() => void test()}>{words.test}</Button>
      {state === 'testing' && <Alert>{words.testing}</Alert>}
      {state instanceof Error && <ProblemAlert problem={state} />}
      {typeof state === 'object' && 'steps' in state && (
        <Table
          caption={words.test}
          rows={state.steps}
          keyOf={({ step }) => step}
          empty=""
          columns={[
            { header: words.step, cell: ({ step }) => step },
            {
              header: words.outcome,
              cell: ({ ok }) => (
                <Badge tone={ok ? 'positive' : 'negative'}>{ok ? words.ok : words.failed}</Badge>
              ),
            },
            { header: words.detail, cell: ({ detail }) => detail },
          ]}
        />
      )}
    </>
  );
}
