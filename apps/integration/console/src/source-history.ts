import type { Ura } from '@samenhang/data-model';

/** How a source stood at one moment. */
export interface SourceFigures {
  readonly id: string;
  readonly displayName?: string;
  /** Messages since it was first declared. */
  readonly messages: number;
  /** Accepted, and not mapped yet. */
  readonly waiting: number;
  readonly quarantined: number;
}

export interface FlowPoint {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Messages a minute since the point before; null for the first, which has none before it. */
  readonly perMinute: number | null;
  readonly waiting: number;
  readonly quarantined: number;
}

/** The course of one source, oldest first. */
export interface SourceFlow {
  readonly id: string;
  readonly displayName: string;
  readonly messages: number;
  readonly waiting: number;
  readonly quarantined: number;
  readonly points: readonly FlowPoint[];
}

interface Course {
  last: SourceFigures;
  lastAt: number;
  readonly points: FlowPoint[];
}

const MINUTE_MS = 60_000;

/** What the sources of care providers did of late, in memory: so many looks back and no more. */
export class SourceHistory {
  readonly #organisations = new Map<Ura, Map<string, Course>>();

  constructor(private readonly mostPoints: number) {}

  /** One look at all sources of a care provider; a source that is gone takes its course along. */
  add(organisation: Ura, at: number, sources: readonly SourceFigures[]): void {
    const before = this.#organisations.get(organisation);
    this.#organisations.set(
      organisation,
      new Map(sources.map((figures) => [figures.id, this.#extend(before?.get(figures.id), at, figures)])),
    );
  }

  of(organisation: Ura): SourceFlow[] {
    const courses = this.#organisations.get(organisation) ?? new Map<string, Course>();
    return [...courses.values()].map(({ last, points }) => ({
      id: last.id,
      displayName: last.displayName ?? last.id,
      messages: last.messages,
      waiting: last.waiting,
      quarantined: last.quarantined,
      points: [...points],
    }));
  }

  #extend(course: Course | undefined, at: number, figures: SourceFigures): Course {
    const { waiting, quarantined } = figures;
    const extended = course ?? { last: figures, lastAt: at, points: [] };
    const passed = at - extended.lastAt;
    const arrived = figures.messages - extended.last.messages;
    const perMinute = passed <= 0 ? null : Math.max(0, (arrived * MINUTE_MS) / passed);
    extended.points.push({ at, perMinute, waiting, quarantined });
    if (extended.points.length > this.mostPoints) extended.points.shift();
    extended.last = figures;
    extended.lastAt = at;
    return extended;
  }
}
