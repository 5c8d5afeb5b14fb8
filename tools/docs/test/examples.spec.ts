import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listProjects, root } from '../../workspace/projects.mjs';

const EXAMPLE = /^```ts runnable\n([\s\S]*?)^```$/gm;

const libraries = listProjects()
  .filter(({ path }) => /^libs\/trust\//.test(path))
  .map(({ path }) => path);

function examplesOf(path: string): string[] {
  const readme = join(root, path, 'README.md');
  return existsSync(readme)
    ? [...readFileSync(readme, 'utf8').matchAll(EXAMPLE)].map(([, code = '']) => code)
    : [];
}

/** Within the repository, so that packages are found as they are from any project. */
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(import.meta.dirname, '.examples-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('the libraries of the trust framework can be used on their own', () => {
  it('there are some', () => expect(libraries.length).toBeGreaterThanOrEqual(5));

  it.each(libraries)('the examples of %s run as they stand in its README', async (path) => {
    const examples = examplesOf(path);
    expect(examples.length).toBeGreaterThan(0);
    for (const [index, code] of examples.entries()) {
      const file = join(directory, `${path.replaceAll('/', '-')}-${index}.ts`);
      writeFileSync(file, code);
      await import(/* @vite-ignore */ file);
    }
  });

  // The library of identity has the guard for Nest as well; what verifies tokens is beside it.
  const deciding = libraries.filter((path) => path !== 'libs/trust/identity');
  it.each(deciding)('%s knows no framework', (path) => {
    const { dependencies = {} } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    const frameworks = Object.keys(dependencies).filter((name) =>
      /^(@nestjs\/|fastify$|typeorm$)/.test(name),
    );
    expect(frameworks).toEqual([]);
  });
});
