import {
  Heading,
  Loaded,
  Paragraph,
  Table,
  useAnswer,
  useFormats,
  useLanguage,
  useText,
} from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import type { Catalogue, CatalogueDataset } from '../../../src/read-catalogue.js';
import { text } from '../text.js';

/** What can be applied for, at whom. */
export function CataloguePage(): ReactNode {
  const words = useText(text);
  const { language } = useLanguage();
  const { number } = useFormats();
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
              {
                header: words.individuals,
                isNumber: true,
                cell: ({ individuals }) => (individuals === undefined ? words.notTold : number(individuals)),
              },
              {
                header: words.records,
                isNumber: true,
                cell: ({ records }) => (records === undefined ? words.notTold : number(records)),
              },
              { header: words.elementsFilled, cell: elementsOf },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}

function elementsOf({ elements, completeness }: CatalogueDataset): string {
  const filled = (name: string): string => {
    const share = completeness[name];
    return share === undefined ? name : `${name} (${String(Math.round(share * 100))}%)`;
  };
  return elements.map(filled).join(', ');
}
