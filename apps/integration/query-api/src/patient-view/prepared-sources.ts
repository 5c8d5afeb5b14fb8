import { PreparedFacts } from '@samenhang/merge';
import type { SourceReport } from '../sources/source-report.js';
import { ResourceTexts } from './resource-texts.js';

/**
 * What can be done with a source's answer while others are still awaited: a view that took long because of its slowest
 * source need not take longer because of the others.
 */
export class PreparedSources {
  readonly facts = new PreparedFacts();
  readonly texts = new ResourceTexts();

  /** @param isWhole whether all of it will be shown, so that it may be written already */
  constructor(private readonly isWhole: boolean) {}

  take({ resources }: SourceReport): void {
    for (const { resource } of resources) {
      this.facts.take(resource);
      if (this.isWhole) this.texts.take(resource);
    }
  }
}
