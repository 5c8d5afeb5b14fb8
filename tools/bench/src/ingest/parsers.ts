import { parseMessage } from '@samenhang/hl7v2';
import { Message } from 'node-hl7-client';
import type { BenchmarkResult } from '../benchmarks.js';
import { rounded } from '../statistics.js';
import { templates } from './message-template.js';

const ROUNDS = 5;
const REPETITIONS = 8_000;

type Path = readonly [segment: string, field: number, component?: number];

/** What a mapping reads of an admission: 30 places. */
const paths: readonly Path[] = [
  ...[3, 4, 7, 10, 12].map((field): Path => ['MSH', field]),
  ['MSH', 9, 1],
  ['MSH', 9, 2],
  ['EVN', 2],
  ['PID', 3, 1],
  ['PID', 3, 4],
  ['PID', 3, 5],
  ['PID', 5, 1],
  ['PID', 5, 2],
  ['PID', 5, 3],
  ['PID', 7],
  ['PID', 8],
  ['PID', 11, 1],
  ['PID', 11, 3],
  ['PID', 11, 5],
  ['PID', 11, 6],
  ['PID', 13, 1],
  ['PV1', 2],
  ['PV1', 3, 1],
  ['PV1', 7, 1],
  ['PV1', 19, 1],
  ['PV1', 44],
  ['AL1', 3, 1],
  ['AL1', 3, 2],
  ['DG1', 3, 1],
  ['DG1', 3, 2],
];
const peerPaths = paths.map((path) => path.join('.'));

/** Parser and peer on the same bytes, turn by turn: parsing alone, and with the reading that a mapping does. */
export async function measureParsers(): Promise<BenchmarkResult[]> {
  const content = templates['mllp-adt-a01'].frame().subarray(1, -2);
  const readings = {
    parse: () => parseMessage(content, { defaultCharset: 'UTF-8' }),
    'parse-peer': () => new Message({ text: content.toString('utf8') }),
    'parse-and-read': () => readOwn(content),
    'parse-and-read-peer': () => readPeer(content),
  };
  if (readOwn(content) !== readPeer(content)) throw new Error('The parsers do not read the same');
  const costs = new Map(Object.keys(readings).map((name) => [name, Number.POSITIVE_INFINITY]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, read] of Object.entries(readings)) {
      await new Promise((resolve) => setImmediate(resolve));
      costs.set(name, Math.min(costs.get(name) ?? 0, cpuMicroseconds(read, REPETITIONS)));
    }
  }
  return [...costs].map(([name, microseconds]) => toResult(name, microseconds, { bytes: content.length }));
}

function readOwn(content: Buffer): number {
  const message = parseMessage(content, { defaultCharset: 'UTF-8' });
  let characters = 0;
  for (const [segment, number, component] of paths) {
    const field = message.segment(segment)?.field(number);
    const text = component === undefined ? field?.text : field?.component(component).text;
    characters += text?.length ?? 0;
  }
  return characters;
}

function readPeer(content: Buffer): number {
  const message = new Message({ text: content.toString('utf8') });
  // Where a path ends at a field, the peer gives its first leaf by index.
  return peerPaths.reduce((characters, path) => characters + message.get(path).toString().length, 0);
}

/** Reading everything of a message, at an eighth of the size and at full size: linear is eight times the cost. */
export function measureParseScaling(): BenchmarkResult[] {
  const head = 'MSH|^~\\&|A|B|C|D|20260101||ORU^R01|1|P|2.5\r';
  const shapes = {
    '1 MB field': (share: number) => `${head}OBX|1|ED|x||${'QUJD'.repeat(share * 32_768)}`,
    '20,000 repetitions': (share: number) => `${head}PID|1||${'1234567^^^ZH&x&y^PI~'.repeat(share * 2_500)}`,
  };
  return Object.entries(shapes).map(([shape, make]) => {
    const [eighth, whole] = [make(1), make(8)].map((text) => {
      const content = Buffer.from(text);
      const read = (): number => readEverything(content);
      cpuMicroseconds(read, 3);
      return Math.min(...[1, 2, 3, 4, 5].map(() => cpuMicroseconds(read, 10)));
    });
    return toResult('parse-scaling', whole ?? Number.NaN, {
      shape,
      bytes: Buffer.byteLength(make(8)),
      microsecondsAtAnEighth: rounded(eighth ?? Number.NaN, 1),
      timesAnEighth: rounded((whole ?? Number.NaN) / (eighth ?? Number.NaN), 1),
    });
  });
}

function readEverything(content: Buffer): number {
  const message = parseMessage(content, { defaultCharset: 'UTF-8' });
  let characters = 0;
  for (const segment of message.all)
    for (let number = 1; number <= segment.fieldCount; number++)
      for (const repetition of segment.field(number).repetitions)
        for (let component = 1; component <= repetition.componentCount; component++)
          characters += repetition.component(component).text?.length ?? 0;
  return characters;
}

/** CPU time of one call, in microseconds. */
function cpuMicroseconds(work: () => unknown, times: number): number {
  const before = process.threadCpuUsage();
  for (let count = 0; count < times; count++) work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / times;
}

function toResult(name: string, microseconds: number, details: Record<string, unknown>): BenchmarkResult {
  return {
    name,
    perSecond: rounded(1_000_000 / microseconds, 0),
    cpuMs: { app: rounded(microseconds / 1000, 5) },
    microseconds: rounded(microseconds, 2),
    ...details,
  };
}
