import type { Demographics, Fact, Missing, PatientView, SourceStatus } from '@samenhang/client';
import { viewSections, type ViewSection } from '@samenhang/client/sections';

/** A fact in words. The resource behind it is in the Bundle to take along. */
export type ShownFact = Omit<Fact, 'resource'>;

/** What the page shows of what all care providers hold: each fact once, with everybody who holds it. */
export interface ShownRecord extends Readonly<Record<ViewSection, readonly ShownFact[]>> {
  readonly demographics?: Demographics;
  readonly sources: readonly SourceStatus[];
  readonly missing: readonly Missing[];
}

export function shownRecord(view: PatientView): ShownRecord {
  const { demographics, sources, missing } = view;
  const facts = Object.fromEntries(viewSections.map((name) => [name, view[name].map(inWords)]));
  return {
    ...(facts as Record<ViewSection, ShownFact[]>),
    ...(demographics === undefined ? {} : { demographics }),
    sources,
    missing,
  };
}

function inWords({ resource: _resource, ...fact }: Fact): ShownFact {
  return fact;
}
