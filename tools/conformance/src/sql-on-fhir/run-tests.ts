import type { ViewEngine } from './engines.js';
import { faultOf } from './judge.js';
import type { TestFile, ViewTest } from './test-file.js';

export interface TestOutcome {
  readonly file: string;
  readonly title: string;
  /** Why it failed, by engine; empty when every engine passed. */
  readonly faults: readonly { readonly engine: string; readonly text: string }[];
}

/** Every test on every engine: a test has passed when all engines give what it expects. */
export async function runTests(
  files: readonly TestFile[],
  engines: readonly ViewEngine[],
): Promise<TestOutcome[]> {
  const outcomes: TestOutcome[] = [];
  for (const { name: file, resources, tests } of files) {
    for (const test of tests) {
      const faults: { engine: string; text: string }[] = [];
      for (const engine of engines) {
        const text = faultOf(test, await attempt(engine, test, resources));
        if (text !== undefined) faults.push({ engine: engine.name, text });
      }
      outcomes.push({ file, title: test.title, faults });
    }
  }
  return outcomes;
}

async function attempt(engine: ViewEngine, { view }: ViewTest, resources: readonly unknown[]) {
  try {
    return await engine.run(view, resources);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
