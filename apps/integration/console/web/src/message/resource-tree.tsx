import { Heading } from '@samenhang/portal-web';
import type { ReactNode } from 'react';

export interface ElementChoice {
  /** `Patient/123` */
  readonly resource: string;
  /** FHIRPath of names and indexes. */
  readonly path: string;
}

/** A resource, element by element; each value is a button that asks where it comes from. */
export function ResourceTree({
  reference,
  body,
  onChoose,
}: {
  readonly reference: string;
  /** JSON; a resource that is deleted has none. */
  readonly body: string | undefined;
  readonly onChoose: (choice: ElementChoice) => void;
}): ReactNode {
  const elements = body === undefined ? [] : leavesOf(parseAsWritten(body), '');
  return (
    <div className="portal-card portal-stack">
      <Heading level={3}>{reference}</Heading>
      <dl className="portal-data">
        {elements.map(({ path, value }) => (
          <div key={path} style={{ display: 'contents' }}>
            <dt>{path}</dt>
            <dd>
              <button
                type="button"
                className="utrecht-link-button utrecht-link-button--html-button"
                onClick={() => onChoose({ resource: reference, path })}
              >
                {value}
              </button>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Numbers stay as they were written: 5.60 is not 5.6. */
function parseAsWritten(json: string): unknown {
  return JSON.parse(json, (_name, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' ? (context?.source ?? value) : value,
  ) as unknown;
}

interface Leaf {
  readonly path: string;
  readonly value: string;
}

/** What every resource has anyway says nothing of a message. */
const ofTheStore = /^(resourceType|id|meta)\b/;

function leavesOf(value: unknown, path: string): Leaf[] {
  if (ofTheStore.test(path)) return [];
  if (Array.isArray(value))
    return value.flatMap((item, index) => leavesOf(item, `${path}[${String(index)}]`));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, item]) =>
      leavesOf(item, path === '' ? name : `${path}.${name}`),
    );
  return [{ path, value: String(value) }];
}
