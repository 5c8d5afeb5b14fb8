import type { Fact } from '@samenhang/client';

/** Limits between which a value is usual. */
export interface ReferenceRange {
  readonly low?: number;
  readonly high?: number;
}

interface RangeShape {
  readonly low?: { readonly value?: unknown; readonly code?: unknown; readonly unit?: unknown };
  readonly high?: RangeShape['low'];
}

/** As the source of a result gave it, when it is in the unit of the result; nothing is converted here. */
export function findReferenceRange({ resource }: Fact): ReferenceRange | undefined {
  const [range] = (resource['referenceRange'] ?? []) as readonly RangeShape[];
  const quantity = resource['valueQuantity'] as RangeShape['low'];
  const [low, high] = [range?.low, range?.high].map((limit) =>
    typeof limit?.value === 'number' && unitOf(limit) === unitOf(quantity) ? limit.value : undefined,
  );
  if (low === undefined && high === undefined) return undefined;
  return { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
}

function unitOf(quantity: RangeShape['low']): string {
  return String(quantity?.code ?? quantity?.unit ?? '');
}
