import { Badge, Heading, Table, useAnswer, useFormats, useText, type Tone } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { text } from '../text.js';
import { Loaded } from './loaded.js';

interface Health {
  readonly service: string;
  readonly state: 'ready' | 'not-ready' | 'unreachable';
  readonly lag: readonly { readonly type: string; readonly waiting: number; readonly parked: number }[];
  readonly problems: readonly { readonly code: string; readonly text: string }[];
}

const tones: Readonly<Record<Health['state'], Tone>> = {
  ready: 'positive',
  'not-ready': 'negative',
  unreachable: 'negative',
};

/** How the installation is: each service, what waits for it, and what it misses outside. */
export function OverviewPage(): ReactNode {
  const words = useText(text);
  const { number } = useFormats();
  const health = useAnswer<Health[]>('/health');
  const sum = (lag: Health['lag'], what: 'waiting' | 'parked'): string =>
    number(lag.reduce((total, one) => total + one[what], 0));
  return (
    <>
      <Heading level={1}>{words.overview}</Heading>
      <Loaded answer={health}>
        {(services) => (
          <Table
            caption={words.services}
            rows={services}
            keyOf={({ service }) => service}
            empty={words.noProblems}
            columns={[
              { header: words.service, cell: ({ service }) => service },
              {
                header: words.state,
                cell: ({ state }) => <Badge tone={tones[state]}>{words.states[state]}</Badge>,
              },
              { header: words.waiting, isNumber: true, cell: ({ lag }) => sum(lag, 'waiting') },
              { header: words.parked, isNumber: true, cell: ({ lag }) => sum(lag, 'parked') },
              {
                header: words.problems,
                cell: ({ problems }) =>
                  problems.length === 0 ? words.noProblems : problems.map((one) => one.text).join('; '),
              },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}
