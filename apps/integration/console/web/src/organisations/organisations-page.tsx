import {
  Badge,
  Button,
  call,
  defineText,
  Heading,
  Loaded,
  ProblemAlert,
  Table,
  useAnswer,
  useFormats,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useState, type ReactNode } from 'react';

export const organisationText = defineText(
  {
    title: 'Zorgaanbieders',
    name: 'Zorgaanbieder',
    sources: 'Bronnen',
    waiting: 'Wachtend',
    quarantined: 'In quarantaine',
    choice: 'Keuze',
    chosen: 'gekozen',
    choose: 'Kies',
  },
  {
    title: 'Care providers',
    name: 'Care provider',
    sources: 'Sources',
    waiting: 'Waiting',
    quarantined: 'In quarantine',
    choice: 'Choice',
    chosen: 'chosen',
    choose: 'Choose',
  },
);

interface Tenant {
  readonly ura: string;
  readonly name: string;
  readonly sources: readonly { readonly waiting: number; readonly quarantined: number }[];
}

/** The care providers of an account: how each does, and at which of them one is. */
export function OrganisationsPage({
  current,
  onMoved,
}: {
  readonly current: string;
  readonly onMoved: () => void;
}): ReactNode {
  const words = useText(organisationText);
  const { number } = useFormats();
  const answer = useAnswer<{ organisations: Tenant[] }>('/organisations');
  const [problem, setProblem] = useState<Problem>();
  const choose = async (ura: string): Promise<void> => {
    setProblem(undefined);
    try {
      await call('/organisation', { method: 'POST', body: { ura } });
      onMoved();
    } catch (thrown) {
      setProblem(thrown as Problem);
    }
  };
  const sum = (sources: Tenant['sources'], what: 'waiting' | 'quarantined'): string =>
    number(sources.reduce((total, one) => total + one[what], 0));
  return (
    <>
      <Heading level={1}>{words.title}</Heading>
      {problem && <ProblemAlert problem={problem} />}
      <Loaded answer={answer}>
        {({ organisations }) => (
          <Table
            caption={words.title}
            rows={organisations}
            keyOf={({ ura }) => ura}
            empty=""
            columns={[
              { header: words.name, cell: ({ name }) => name },
              { header: 'URA', cell: ({ ura }) => ura },
              { header: words.sources, isNumber: true, cell: ({ sources }) => number(sources.length) },
              { header: words.waiting, isNumber: true, cell: ({ sources }) => sum(sources, 'waiting') },
              {
                header: words.quarantined,
                isNumber: true,
                cell: ({ sources }) => sum(sources, 'quarantined'),
              },
              {
                header: words.choice,
                cell: ({ ura, name }) =>
                  ura === current ? (
                    <Badge tone="positive">{words.chosen}</Badge>
                  ) : (
                    <Button aria-label={`${words.choose} ${name}`} onClick={() => void choose(ura)}>
                      {words.choose}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}
