import { DataList, Heading, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import type { ShownView } from '../../../src/shown-view.js';
import { text } from '../text.js';

/** Who the person is, each value with who states it. */
export function Person({ view: { demographics } }: { readonly view: ShownView }): ReactNode {
  const words = useText(text);
  if (demographics === undefined) return null;
  const names = new Map(
    demographics.sources.map(({ custodian, custodianName }) => [custodian, custodianName ?? custodian]),
  );
  return (
    <section aria-labelledby="person" className="portal-stack">
      <Heading level={2} id="person">
        {words.person}
      </Heading>
      <DataList
        items={demographics.elements.map(({ element, values }) => [
          words.elements[element] ?? element,
          <ul key={element} className="utrecht-unordered-list">
            {values.map(({ text: said, custodians }, at) => (
              <li key={at}>
                {`${words.codes[said] ?? said} (${words.stated} ${custodians.map((ura) => names.get(ura) ?? ura).join(', ')})`}
              </li>
            ))}
          </ul>,
        ])}
      />
    </section>
  );
}
