import type { Reporter, TestModule } from 'vitest/node';

/** Names at the end of a run what it left out, so that nobody takes a skipped proof for a passed one. */
export default class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = new Map<string, number>();
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const suite = test.parent.type === 'module' ? module.relativeModuleId : test.parent.fullName;
        counts.set(suite, (counts.get(suite) ?? 0) + 1);
      }
    }
    for (const [suite, count] of counts) process.stdout.write(`Skipped: ${suite} (${count})\n`);
  }
}
