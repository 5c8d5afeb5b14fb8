import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { BenchmarkResult } from '../benchmarks.js';
import { rounded } from '../statistics.js';
import { generatedResource } from './generated-resources.js';
import { views, type ViewName } from './views.js';

const runner = fileURLToPath(new URL('../../peers/pathling/run_views.py', import.meta.url));

interface PathlingRun {
  readonly version: string;
  readonly threads: number;
  readonly results: readonly {
    readonly view: ViewName;
    readonly resources: number;
    readonly rows: number;
    readonly seconds: number;
    readonly cpuSeconds: number;
  }[];
}

/**
 * The same views over the same resources by Pathling, which reads them as NDJSON.
 * @param python of an environment that `pathling` is installed in; JAVA_HOME says which Java it runs
 */
export async function measurePathling(python: string, resources: number): Promise<BenchmarkResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-pathling-'));
  try {
    for (const { resource } of Object.values(views))
      await pipeline(
        Readable.from(lines(resource, resources)),
        createWriteStream(join(folder, `${resource}.ndjson`)),
      );
    const definitions = Object.entries(views).map(([name, view]) => [name, { ...definition(name), ...view }]);
    writeFileSync(join(folder, 'views.json'), JSON.stringify(Object.fromEntries(definitions)));
    const { version, threads, results } = JSON.parse(
      await lastLineOf(python, [runner, folder]),
    ) as PathlingRun;
    return results.map(({ view, resources: done, rows, seconds, cpuSeconds }) => ({
      name: 'pathling',
      view,
      version,
      threads,
      resources: done,
      rows,
      perSecond: Math.round(done / seconds),
      perCpuSecond: Math.round(done / cpuSeconds),
      cpuMs: { app: rounded((cpuSeconds * 1000) / done, 5) },
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function definition(name: string): object {
  return { resourceType: 'ViewDefinition', name: name.replaceAll('-', '_'), status: 'active' };
}

function* lines(type: string, resources: number): Generator<string> {
  for (let start = 0; start < resources; start += 1_000) {
    const places = Array.from({ length: Math.min(1_000, resources - start) }, (_, index) => start + index);
    yield places.map((place) => `${generatedResource(type, place)}\n`).join('');
  }
}

async function lastLineOf(command: string, parameters: readonly string[]): Promise<string> {
  const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors] = [child.stdout, child.stderr].map(async (stream) => {
    stream.setEncoding('utf8');
    let text = '';
    for await (const part of stream) text += String(part);
    return text;
  }) as [Promise<string>, Promise<string>];
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`Pathling ended with ${String(code)}: ${(await errors).slice(-2_000)}`);
  return (await output).trim().split('\n').at(-1) ?? '';
}
