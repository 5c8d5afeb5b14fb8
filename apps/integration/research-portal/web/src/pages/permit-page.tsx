import { Alert, Heading, Link, Loaded, useAnswer, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { CountForm } from '../counts/count-form.js';
import { OutputList } from '../outputs/output-list.js';
import { hasExpired, isInForce, wasGranted, type Permit } from '../permit.js';
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
            {permit.status === 'withdrawn' && <Alert type="warning">{words.withdrawnNow}</Alert>}
            {hasExpired(permit) && <Alert type="warning">{words.expiredNow}</Alert>}
            {isInForce(permit) && <CountForm permit={id} />}
            {permit.outputKind !== 'counts' && wasGranted(permit) && <OutputList permit={permit} />}
          </>
        )}
      </Loaded>
    </>
  );
}
