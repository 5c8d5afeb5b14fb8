import { Heading, Link, Loaded, useAnswer, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { CountForm } from '../counts/count-form.js';
import { OutputList } from '../outputs/output-list.js';
import type { Permit } from '../permit.js';
import { text } from '../text.js';
import { PermitDetails } from './permit-details.js';

/** One permit, and what can be asked under it. */
export function PermitPage({ id }: { readonly id: string }): ReactNode {
  const words = useText(text);
  const answer = useAnswer<Permit>(`/permits/${id}`);
  return (
    <>
      <p>
        <Link className="utrecht-link utrecht-link--html-a" href="/permits">
          {words.back}
        </Link>
      </p>
      {answer.value === undefined && <Heading level={1}>{words.permit}</Heading>}
      <Loaded answer={answer}>
        {(permit) => (
          <>
            <Heading level={1}>{permit.title}</Heading>
            <PermitDetails permit={permit} />
            {permit.status === 'granted' && <CountForm permit={id} />}
            {permit.status === 'granted' && permit.outputKind !== 'counts' && <OutputList permit={permit} />}
          </>
        )}
      </Loaded>
    </>
  );
}
