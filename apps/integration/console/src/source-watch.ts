import type { Ura } from '@samenhang/data-model';
import { SourceHistory, type SourceFigures, type SourceFlow } from './source-history.js';

/** An hour, looking twice a minute. */
const MOST_POINTS = 120;

/** Looks at the sources of care providers again and again, so that their course is there when somebody comes to see it. */
export class SourceWatch {
  readonly #history = new SourceHistory(MOST_POINTS);
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(
    private readonly organisations: readonly Ura[],
    private readonly look: (organisation: Ura) => Promise<readonly SourceFigures[]>,
    private readonly everyMs: number,
  ) {}

  of(organisation: Ura): SourceFlow[] {
    return this.#history.of(organisation);
  }

  /** Looks now, and plans the next look for when this one is over. */
  async start(): Promise<void> {
    for (const organisation of this.organisations) {
      // A look that fails is a gap in the course: what it means stands under the health of the services.
      const sources = await this.look(organisation).catch(() => undefined);
      if (sources !== undefined) this.#history.add(organisation, Date.now(), sources);
    }
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.start(), this.everyMs).unref();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }
}
