import type { Fact } from '@samenhang/client';
import { Tip, useFormats, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { text } from '../text.js';
import { nameOf } from './source-names.js';

/** Who holds a fact; pointed at or with the focus, which system gave it and when. */
export function FactSources({ fact }: { readonly fact: Fact }): ReactNode {
  const words = useText(text);
  const { date } = useFormats();
  const { lastUpdated } = (fact.resource['meta'] ?? {}) as { readonly lastUpdated?: unknown };
  const names = [...new Set(fact.sources.map(nameOf))];
  return (
    <Tip label={names.length === 0 ? words.notNamed : names.join(', ')}>
      {fact.sources.map((source) => (
        <span key={`${source.custodian} ${source.system}`}>
          {`${words.source}: ${nameOf(source)}; ${words.system}: ${source.system}`}
        </span>
      ))}
      {typeof lastUpdated === 'string' && <span>{`${words.stored}: ${date(lastUpdated)}`}</span>}
      <span>{`${words.address}: ${fact.address}`}</span>
    </Tip>
  );
}
