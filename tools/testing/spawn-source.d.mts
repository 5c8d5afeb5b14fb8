import type { ChildProcess } from 'node:child_process';

export function spawnSource(source: URL, parameters?: readonly string[]): ChildProcess;
