import { call } from '@samenhang/portal-web';

/** What a replay would do with one message. */
export interface MessageDifference {
  readonly messageId: string;
  readonly position: number;
  readonly outcome: 'applied' | 'rejected';
  readonly issues: readonly { readonly code: string; readonly location: string; readonly text: string }[];
  readonly resources: readonly ResourceDifference[];
}

export interface ResourceDifference {
  readonly resourceType: string;
  readonly id: string;
  readonly action: 'created' | 'changed' | 'deleted' | 'unchanged';
  readonly elements: readonly string[];
}

export type Summary = Readonly<Record<'created' | 'changed' | 'deleted' | 'unchanged' | 'rejected', number>>;

export interface Comparison {
  /** Messages that the criteria select; as many of them as were asked for are compared. */
  readonly selected: number;
  readonly summary: Summary;
  readonly messages: readonly MessageDifference[];
}

interface Page extends Comparison {
  readonly next?: number;
}

const PAGE = 50;

/** Compares page by page until enough messages were compared; each page tells how far it is. */
export async function compare(
  order: object,
  limit: number,
  onProgress: (compared: number, of: number) => void,
): Promise<Comparison> {
  let summary: Summary = { created: 0, changed: 0, deleted: 0, unchanged: 0, rejected: 0 };
  const messages: MessageDifference[] = [];
  let selected = 0;
  for (let after: number | undefined = 0; after !== undefined && messages.length < limit;) {
    const count = Math.min(PAGE, limit - messages.length);
    const page: Page = await call<Page>('/replays/dry-run', {
      method: 'POST',
      body: { ...order, after, count },
    });
    selected = page.selected;
    messages.push(...page.messages);
    summary = add(summary, page.summary);
    onProgress(messages.length, Math.min(selected, limit));
    after = messages.length >= selected ? undefined : page.next;
  }
  return { selected, summary, messages };
}

function add(one: Summary, other: Summary): Summary {
  return {
    created: one.created + other.created,
    changed: one.changed + other.changed,
    deleted: one.deleted + other.deleted,
    unchanged: one.unchanged + other.unchanged,
    rejected: one.rejected + other.rejected,
  };
}
