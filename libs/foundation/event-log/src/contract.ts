/** Tests that every engine of the log has to pass. A second entry point, so that no product code loads the test runner. */
import { afterEach, beforeEach, describe } from 'vitest';
import { failuresContract } from './contract/failures.contract.js';
import type { EventLogHarness } from './contract/harness.js';
import { lifecycleContract } from './contract/lifecycle.contract.js';
import { publishingContract } from './contract/publishing.contract.js';

export * from './contract/harness.js';
export { caughtUp, eventually } from './contract/waiting.js';

export interface ContractOptions {
  /** Why the engine cannot be tested here; its tests then show as skipped, under a name that says so. */
  readonly skipReason?: string | null;
}

export function describeEventLogContract(
  engine: string,
  createHarness: () => Promise<EventLogHarness>,
  { skipReason = null }: ContractOptions = {},
): void {
  const title = `event log contract on ${engine}`;
  describe.skipIf(skipReason !== null)(
    skipReason === null ? title : `${title} (skipped: ${skipReason})`,
    () => {
      let harness: EventLogHarness | undefined;
      const current = (): EventLogHarness => {
        if (harness === undefined) throw new Error('No harness outside a test');
        return harness;
      };
      beforeEach(async () => {
        harness = await createHarness();
      });
      afterEach(async () => {
        await harness?.close();
        harness = undefined;
      });
      publishingContract(current);
      failuresContract(current);
      lifecycleContract(current);
    },
  );
}
