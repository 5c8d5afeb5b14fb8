import {
  Badge,
  Heading,
  Loaded,
  Table,
  useAnswer,
  useFormats,
  useText,
  type Tone,
} from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { FlowSection } from '../flow/flow-section.js';
import { text } from '../text.js';
import { outsideText } from './outside-text.js';

interface Health {
  readonly service: string;
  readonly state: 'ready' | 'not-ready' | 'unreachable';
  readonly lag: readonly { readonly type: string; readonly waiting: number; readonly parked: number }[];
  readonly problems: readonly { readonly code: string; readonly text: string }[];
}

interface OutsideService {
  readonly name: keyof (typeof outsideText)['nl']['names'];
  readonly state: 'answers' | 'no-fault' | 'failing' | 'unknown';
  readonly problems: readonly { readonly service: string; readonly text: string; readonly since?: string }[];
}

const tones: Readonly<Record<Health['state'] | OutsideService['state'], Tone>> = {
  ready: 'positive',
  'not-ready': 'negative',
  unreachable: 'negative',
  answers: 'positive',
  'no-fault': 'positive',
  failing: 'negative',
  unknown: 'warning',
};

/** How the installation is: its sources, each service, what waits for it, and what it misses outside. */
export function OverviewPage(): ReactNode {
  const words = useText(text);
  const health = useAnswer<{ services: Health[]; outside: OutsideService[] }>('/health');
  return (
    <>
      <Heading level={1}>{words.overview}</Heading>
      <FlowSection />
      <Loaded answer={health}>
        {({ services, outside }) => (
          <>
            <Outside services={outside} />
            <Services services={services} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Services({ services }: { readonly services: readonly Health[] }): ReactNode {
  const words = useText(text);
  const { number } = useFormats();
  const sum = (lag: Health['lag'], what: 'waiting' | 'parked'): string =>
    number(lag.reduce((total, one) => total + one[what], 0));
  return (
    <>
      <Heading level={2}>{words.services}</Heading>
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
    </>
  );
}

function Outside({ services }: { readonly services: readonly OutsideService[] }): ReactNode {
  const words = useText(outsideText);
  const { date } = useFormats();
  const textOf = ({ service, text, since }: OutsideService['problems'][number]): string =>
    `${service}: ${text}${since === undefined ? '' : ` (${words.since} ${date(since)})`}`;
  return (
    <>
      <Heading level={2}>{words.title}</Heading>
      <Table
        caption={words.caption}
        rows={services}
        keyOf={({ name }) => name}
        empty=""
        columns={[
          { header: words.service, cell: ({ name }) => words.names[name] },
          {
            header: words.state,
            cell: ({ state }) => <Badge tone={tones[state]}>{words.states[state]}</Badge>,
          },
          {
            header: words.problems,
            cell: ({ problems }) => (problems.length === 0 ? words.none : problems.map(textOf).join('; ')),
          },
        ]}
      />
    </>
  );
}
