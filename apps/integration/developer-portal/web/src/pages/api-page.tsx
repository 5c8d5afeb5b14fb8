import { Badge, Heading, Loaded, Paragraph, Table, useAnswer, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { operationsOf, type OpenApi, type OfferedOperation } from '../open-api.js';
import { text } from '../text.js';

/** The query API as it describes itself. */
export function ApiPage(): ReactNode {
  const words = useText(text);
  const answer = useAnswer<OpenApi>('/documents/openapi/query-api');
  return (
    <>
      <Heading level={1}>{words.api}</Heading>
      <Paragraph>{words.apiLead}</Paragraph>
      <Loaded answer={answer}>
        {(document) => (
          <>
            <Heading level={2}>{`${document.info.title} ${document.info.version}`}</Heading>
            {document.info.description !== undefined && <Paragraph>{document.info.description}</Paragraph>}
            <Table
              caption={document.info.title}
              rows={operationsOf(document)}
              keyOf={({ method, path }) => `${method} ${path}`}
              empty={words.noOperations}
              columns={[
                {
                  header: words.operation,
                  cell: ({ method, path }) => (
                    <>
                      <Badge>{method}</Badge> <code>{path}</code>
                    </>
                  ),
                },
                { header: words.summary, cell: ({ summary }) => summary },
                { header: words.takes, cell: (operation) => <Takes operation={operation} /> },
                { header: words.answers, cell: ({ responses }) => Object.keys(responses).join(', ') },
              ]}
            />
          </>
        )}
      </Loaded>
    </>
  );
}

function Takes({ operation }: { readonly operation: OfferedOperation }): ReactNode {
  const words = useText(text);
  return Object.entries(operation.requestBody?.content ?? {}).map(([type, { schema }]) => {
    const fields = Object.keys(schema?.properties ?? {});
    return (
      <div key={type}>
        <code>{type}</code>
        {fields.length > 0 && (
          <details>
            <summary>{words.fields}</summary>
            {fields.join(', ')}
          </details>
        )}
      </div>
    );
  });
}
