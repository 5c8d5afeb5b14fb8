import type { Fact } from '@samenhang/client';

export interface Course {
  readonly label: string;
  readonly unit: string;
  /** Oldest first; only values with a number and a moment. */
  readonly points: readonly {
    readonly at: number;
    readonly value: number;
    readonly text: string;
    readonly fact: Fact;
  }[];
}

interface QuantityShape {
  readonly value?: unknown;
  readonly unit?: unknown;
  readonly code?: unknown;
}

/**
 * Values of the same code in the same unit, as courses over time. Values in different units never share a line: nothing is
 * converted here.
 */
export function coursesOf(facts: readonly Fact[]): readonly Course[] {
  const courses = new Map<string, { label: string; unit: string; points: Course['points'][number][] }>();
  for (const fact of facts) {
    const quantity = fact.resource['valueQuantity'] as QuantityShape | undefined;
    const at = Date.parse(fact.date ?? '');
    if (typeof quantity?.value !== 'number' || Number.isNaN(at)) continue;
    const unit = String(quantity.unit ?? quantity.code ?? '');
    const key = `${codeOf(fact)} ${String(quantity.code ?? unit)}`;
    const course = courses.get(key) ?? { label: fact.label, unit, points: [] };
    course.points.push({ at, value: quantity.value, text: `${fact.value ?? ''} ${fact.date ?? ''}`, fact });
    courses.set(key, course);
  }
  return [...courses.values()].map((course) => ({
    ...course,
    points: course.points.toSorted((a, b) => a.at - b.at),
  }));
}

/** The first coding, or the text: what makes two results the same test for a drawing. */
function codeOf({ resource, label }: Fact): string {
  const code = resource['code'] as { coding?: { system?: string; code?: string }[] } | undefined;
  const coding = code?.coding?.[0];
  return coding?.code === undefined ? label : `${coding.system ?? ''}|${coding.code}`;
}
