import base from '@samenhang/oprf/rfc9497-oprf.json';
import verifiable from '@samenhang/oprf/rfc9497-voprf.json';
import pseudonyms from '@samenhang/oprf/pseudonyms.json';
import { Heading, Paragraph, Table, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { text } from '../text.js';

/** What an implementation of one's own must reproduce. */
export function VectorsPage(): ReactNode {
  const words = useText(text);
  return (
    <>
      <Heading level={1}>{words.vectors}</Heading>
      <Heading level={2}>OPRF</Heading>
      <Evaluations name={base.source} vectors={base.vectors} />
      <Evaluations
        name={verifiable.source}
        vectors={verifiable.vectors.flatMap(({ evaluations }) => evaluations)}
      />
      <Paragraph>{pseudonyms.about}</Paragraph>
      <Table
        caption={words.pseudonym}
        rows={pseudonyms.vectors}
        keyOf={({ name }) => name}
        empty={words.none}
        columns={[
          { header: words.case, cell: ({ name }) => name },
          { header: words.person, cell: ({ canonicalJson }) => <code>{canonicalJson}</code> },
          {
            header: words.recipient,
            cell: ({ recipient }) => `${recipient.organisation} ${recipient.scope}`,
          },
          { header: words.input, cell: ({ input }) => <code>{input}</code> },
          { header: words.pseudonym, cell: ({ pseudonym }) => <code>{pseudonym}</code> },
        ]}
      />
      <Heading level={2}>{words.sqlOnFhir}</Heading>
      <Paragraph>{words.sqlOnFhirLead}</Paragraph>
      <pre className="portal-raw" tabIndex={0} role="group" aria-label={words.sqlOnFhir}>
        npm run conformance -- sql-on-fhir FOLDER --json
      </pre>
    </>
  );
}

interface Evaluation {
  readonly input: string;
  readonly blindedElement: string;
  readonly evaluatedElement: string;
  readonly output: string;
}

function Evaluations({
  name,
  vectors,
}: {
  readonly name: string;
  readonly vectors: readonly Evaluation[];
}): ReactNode {
  const words = useText(text);
  return (
    <Table
      caption={name}
      rows={vectors}
      keyOf={({ blindedElement, evaluatedElement }) => `${blindedElement} ${evaluatedElement}`}
      empty={words.none}
      columns={[
        { header: words.input, cell: ({ input }) => <code>{input}</code> },
        { header: words.blinded, cell: ({ blindedElement }) => <code>{blindedElement}</code> },
        { header: words.evaluated, cell: ({ evaluatedElement }) => <code>{evaluatedElement}</code> },
        { header: words.output, cell: ({ output }) => <code>{output}</code> },
      ]}
    />
  );
}
