import { Heading, Loaded, Paragraph, Table, useAnswer, useLanguage, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import type { Catalogue } from '../../../src/read-catalogue.js';
import { text } from '../text.js';

/** What can be applied for, at whom. */
export function CataloguePage(): ReactNode {
  const words = useText(text);
  const { language } = useLanguage();
  const catalogue = useAnswer<Catalogue>('/catalogue');
  return (
    <>
      <Heading level={1}>{words.catalogue}</Heading>
      <Paragraph>{words.catalogueLead}</Paragraph>
      <Loaded answer={catalogue}>
        {({ datasets }) => (
          <Table
            caption={words.catalogue}
            rows={datasets}
            keyOf={({ id }) => id}
            empty={words.emptyCatalogue}
            columns={[
              { header: words.dataset, cell: ({ titles, type }) => titles[language] ?? type },
              { header: words.custodian, cell: ({ custodian }) => custodian.name },
              { header: words.elements, cell: ({ elements }) => elements.join(', ') },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}
