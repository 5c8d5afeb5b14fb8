import {
  Button,
  call,
  Heading,
  Loaded,
  Paragraph,
  ProblemAlert,
  useAnswer,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useState, type ReactNode } from 'react';
import { OutputCard } from '../outputs/output-card.js';
import type { Output } from '../outputs/output.js';
import { outputText } from '../outputs/output-text.js';
import { text } from '../text.js';

/** What waits in the airlock: looked at, and let go or refused. */
export function ChecksPage(): ReactNode {
  const words = useText(text);
  const outputWords = useText(outputText);
  const answer = useAnswer<{ outputs: Output[] }>('/checks/outputs');
  const [problem, setProblem] = useState<Problem>();
  const decide = async (id: string, verdict: 'release' | 'refuse'): Promise<void> => {
    setProblem(undefined);
    try {
      await call(`/checks/outputs/${id}/${verdict}`, { method: 'POST', body: {} });
      answer.reload();
    } catch (thrown) {
      setProblem(thrown as Problem);
    }
  };
  return (
    <>
      <Heading level={1}>{words.checks}</Heading>
      {problem && <ProblemAlert problem={problem} />}
      <Loaded answer={answer}>
        {({ outputs }) =>
          outputs.length === 0 ? (
            <Paragraph>{words.noChecks}</Paragraph>
          ) : (
            <>
              <Heading level={2}>{outputWords.title}</Heading>
              {outputs.map((output) => (
                <OutputCard
                  key={output.id}
                  output={output}
                  files={`/checks/outputs/${output.id}/files`}
                  fileLabel={outputWords.look}
                >
                  <Button appearance="primary" onClick={() => void decide(output.id, 'release')}>
                    {outputWords.release}
                  </Button>
                  <Button onClick={() => void decide(output.id, 'refuse')}>{outputWords.refuse}</Button>
                </OutputCard>
              ))}
            </>
          )
        }
      </Loaded>
    </>
  );
}
