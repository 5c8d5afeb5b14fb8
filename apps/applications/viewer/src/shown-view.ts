import { SamenhangFailure, type Fact, type PatientView, type ViewEvent } from '@samenhang/client';
import { findShownDocument, type ShownDocument } from './documents/shown-document.js';

/** What the page is sent of a view, line by line, while sources answer. */
export type ShownLine =
  | { readonly kind: 'start'; readonly answered: number; readonly of: number }
  | {
      readonly kind: 'source';
      readonly answered: number;
      readonly of: number;
      readonly name?: string;
      readonly status: string;
      /** How much it gave; what it says stands in the view, merged with what others say. */
      readonly resources: number;
    }
  | { readonly kind: 'view'; readonly view: ShownView }
  | { readonly kind: 'problem'; readonly detail: string };

/** All but the Bundle it was read from, and the content of files. */
export interface ShownView extends Omit<PatientView, 'bundle' | 'documents'> {
  readonly documents: readonly ShownDocument[];
}

/**
 * A view as it comes. What fails before anything came is thrown; what fails later is the last line.
 * @throws Failure
 */
export async function shownView(events: AsyncGenerator<ViewEvent>): Promise<AsyncGenerator<ShownLine>> {
  const first = await events.next();
  return (async function* () {
    try {
      for (let next = first; next.done !== true; next = await events.next()) yield lineOf(next.value);
    } catch (error) {
      const detail = error instanceof SamenhangFailure ? error.message : 'The view broke off';
      yield { kind: 'problem', detail };
    } finally {
      await events.return(undefined);
    }
  })();
}

function lineOf(event: ViewEvent): ShownLine {
  if (event.kind === 'start') return event;
  if (event.kind === 'view') {
    return { kind: 'view', view: shown(event.view) };
  }
  const { answered, of, status, custodianName, custodian, resources } = event;
  const name = custodianName ?? custodian;
  return {
    kind: 'source',
    answered,
    of,
    status,
    resources: resources.length,
    ...(name === undefined ? {} : { name }),
  };
}

/** Reports that are files stand with the documents, whatever else they are. */
function shown({ bundle: _bundle, documents, others, ...view }: PatientView): ShownView {
  const withFiles = others.flatMap((fact) => findShownDocument(fact) ?? []);
  const isDocument = new Set(withFiles.map(({ fact }) => fact.address));
  return {
    ...view,
    retracted: view.retracted.map(withoutFiles),
    documents: [...documents.map((fact) => findShownDocument(fact) ?? { fact, files: [] }), ...withFiles],
    others: others.filter(({ address }) => !isDocument.has(address)),
  };
}

function withoutFiles(fact: Fact): Fact {
  return findShownDocument(fact)?.fact ?? fact;
}
