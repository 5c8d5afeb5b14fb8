import type { IndexOperation } from './index-operation.js';

/** What a request changes, for the audit trail: kinds, categories and sources; no token, no pseudonym. */
export function describeOperations(operations: readonly IndexOperation[]): string {
  return [...new Set(operations.map(describe))].join('; ').slice(0, 1_000);
}

function describe(operation: IndexOperation): string {
  switch (operation.kind) {
    case 'create':
      return `create code=${operation.category}&source=${operation.source}`;
    case 'delete-by-id':
      return `delete _id=${operation.id}`;
    case 'delete': {
      const { source, categories } = operation.filter;
      const narrowed = [
        source === undefined ? [] : [`source=${source}`],
        categories === undefined ? [] : [`code=${categories.join(',')}`],
      ];
      return `delete ${narrowed.flat().join('&')}`;
    }
  }
}
