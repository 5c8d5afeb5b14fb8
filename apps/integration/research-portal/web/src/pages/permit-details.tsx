import { Badge, DataList, useFormats, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { toneOfStatus, type Permit } from '../permit.js';
import { text } from '../text.js';

/** All that was applied for, and what became of it. */
export function PermitDetails({ permit }: { readonly permit: Permit }): ReactNode {
  const words = useText(text);
  const { date } = useFormats();
  const { period, population, datasets, expiresAt } = permit;
  return (
    <DataList
      items={[
        [
          words.status,
          <Badge key="status" tone={toneOfStatus[permit.status]}>
            {words.statuses[permit.status]}
          </Badge>,
        ],
        [words.requester, permit.requester],
        ...(expiresAt === undefined ? [] : ([[words.expires, date(expiresAt)]] as const)),
        [words.purpose, words.purposes[permit.purpose]],
        [words.period, `${date(period.from)} – ${date(period.until)}`],
        [words.dates, words.datePrecisions[permit.dates]],
        [words.population, population === undefined ? words.all : `${population.system}|${population.code}`],
        [words.custodians, permit.custodians.join(', ')],
        [words.dataset, datasets.map(({ type, elements }) => `${type}: ${elements.join(', ')}`).join('; ')],
        [words.outputKind, words.outputKinds[permit.outputKind]],
      ]}
    />
  );
}
