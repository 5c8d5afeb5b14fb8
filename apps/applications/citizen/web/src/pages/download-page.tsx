import { Heading, Paragraph, Table, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import type { CareProvider } from '../citizen.js';
import { text } from '../text.js';

export function DownloadPage({
  careProviders,
}: {
  readonly careProviders: readonly CareProvider[];
}): ReactNode {
  const words = useText(text);
  const link = ({ ura, name }: CareProvider, form: 'bundle' | 'summary', label: string): ReactNode => (
    <a className="utrecht-link utrecht-link--html-a" href={`/api/records/${ura}/${form}`} download>
      {label}
      <span className="portal-visually-hidden">: {name}</span>
    </a>
  );
  return (
    <>
      <Heading level={1}>{words.download}</Heading>
      <Paragraph>{words.downloadExplained}</Paragraph>
      <Table
        caption={words.download}
        rows={careProviders}
        keyOf={({ ura }) => ura}
        empty={words.nothing}
        columns={[
          { header: words.provider, cell: ({ name }) => name },
          { header: words.everything, cell: (provider) => link(provider, 'bundle', words.everything) },
          { header: words.summary, cell: (provider) => link(provider, 'summary', words.summary) },
        ]}
      />
    </>
  );
}
