import { Failure } from '@samenhang/errors';

interface Page {
  readonly resourceType?: unknown;
  readonly link?: readonly { readonly relation?: unknown; readonly url?: unknown }[];
}

/**
 * Where a searchset goes on, below the sender's base; undefined when it does not.
 * @throws Failure('invalid') when it leads elsewhere: a link is text of another, and is followed with a token
 */
export function nextPage(text: string, base: string): string | undefined {
  let page: Page;
  try {
    page = JSON.parse(text) as Page;
  } catch (cause) {
    throw new Failure('upstream', 'The sender answers with something that is no FHIR JSON', { cause });
  }
  if (typeof page !== 'object' || page === null || typeof page.resourceType !== 'string')
    throw new Failure('upstream', 'The sender answers with something that is no FHIR JSON');
  if (page.resourceType !== 'Bundle') return undefined;
  const url = page.link?.find(({ relation }) => relation === 'next')?.url;
  if (url === undefined) return undefined;
  if (
    typeof url !== 'string' ||
    !URL.canParse(url) ||
    !new URL(url).href.startsWith(`${new URL(base).href}/`)
  )
    throw new Failure('invalid', 'The sender refers to another server for the next page');
  return new URL(url).href.slice(new URL(base).href.length + 1);
}
