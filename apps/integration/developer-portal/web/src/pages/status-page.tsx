import { Badge, Heading, Loaded, Table, useAnswer, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { text } from '../text.js';

interface ServiceState {
  readonly service: string;
  readonly state: 'ready' | 'not-ready' | 'unreachable';
}

/** Whether each service answers. */
export function StatusPage(): ReactNode {
  const words = useText(text);
  const answer = useAnswer<ServiceState[]>('/status');
  return (
    <>
      <Heading level={1}>{words.status}</Heading>
      <Loaded answer={answer}>
        {(services) => (
          <Table
            caption={words.status}
            rows={services}
            keyOf={({ service }) => service}
            empty={words.noServices}
            columns={[
              { header: words.service, cell: ({ service }) => service },
              {
                header: words.status,
                cell: ({ state }) => (
                  <Badge tone={state === 'ready' ? 'positive' : 'negative'}>{words.states[state]}</Badge>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}
