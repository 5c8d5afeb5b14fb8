import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc (USER_HZ), 100 on every Linux we support. */
const TICKS_PER_SECOND = 100;

interface ProcessFacts {
  readonly parent: number;
  readonly cpuMs: number;
}

/** A process and all its descendants, living ones only; CPU of children that ended is with their parent. */
export function processTree(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const facts = /^\d+$/.test(name) ? readFacts(Number(name)) : undefined;
    if (facts !== undefined) parents.set(Number(name), facts.parent);
  }
  const tree = [pid];
  for (const member of tree) for (const [child, parent] of parents) if (parent === member) tree.push(child);
  return tree;
}

/** CPU time used so far by a tree of processes, in milliseconds. */
export function cpuMsOf(pids: readonly number[]): number {
  return pids.reduce((total, pid) => total + (readFacts(pid)?.cpuMs ?? 0), 0);
}

/** Resident memory in megabytes: `rss` counts shared pages in each process, `pss` shares them out. */
export function memoryMbOf(pids: readonly number[]): { rss: number; pss: number } {
  let rss = 0;
  let pss = 0;
  for (const pid of pids) {
    const text = readText(`/proc/${pid}/smaps_rollup`);
    rss += kilobytes(text, 'Rss');
    pss += kilobytes(text, 'Pss');
  }
  return { rss: Math.round(rss / 1024), pss: Math.round(pss / 1024) };
}

function kilobytes(text: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
}

function readFacts(pid: number): ProcessFacts | undefined {
  const text = readText(`/proc/${pid}/stat`);
  if (text === '') return undefined;
  // The name in parentheses may hold spaces; fields are counted from behind it (proc(5)): state is the first.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index] ?? 0), 0);
  return { parent: Number(fields[1]), cpuMs: (ticks * 1000) / TICKS_PER_SECOND };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
