import { Heading, Loaded, Paragraph, useAnswer, useText } from '@samenhang/portal-web';
import { useEffect, type ReactNode } from 'react';
import { OutputCard } from './output-card.js';
import type { Output } from './output.js';
import { OutputForm } from './output-form.js';
import { outputText } from './output-text.js';
import { isInForce, type Permit } from '../permit.js';
import { ReleaseDetails } from './release-details.js';

const LOOK_AGAIN_MS = 2_000;

/** The tables of a permit, the newest first; looked at again as long as something happens to them. */
export function OutputList({ permit }: { readonly permit: Permit }): ReactNode {
  const words = useText(outputText);
  const answer = useAnswer<{ outputs: Output[] }>(`/permits/${permit.id}/outputs`);
  const { value, reload } = answer;
  const isMoving =
    value?.outputs.some(({ status }) => status === 'running' || status === 'checking') ?? false;
  useEffect(() => {
    if (!isMoving) return undefined;
    const timer = setInterval(reload, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isMoving, reload]);
  return (
    <>
      {isInForce(permit) && <OutputForm permit={permit} onRequested={reload} />}
      <Heading level={2}>{words.title}</Heading>
      <Loaded answer={answer}>
        {({ outputs }) =>
          outputs.length === 0 ? (
            <Paragraph>{words.none}</Paragraph>
          ) : (
            outputs
              .toSorted((one, other) => other.createdAt.localeCompare(one.createdAt))
              .map((output) => (
                <OutputCard
                  key={output.id}
                  output={output}
                  files={
                    output.status === 'released' && isInForce(permit)
                      ? `/outputs/${output.id}/files`
                      : undefined
                  }
                  fileLabel={words.download}
                >
                  {output.status === 'released' && <ReleaseDetails output={output.id} />}
                </OutputCard>
              ))
          )
        }
      </Loaded>
    </>
  );
}
