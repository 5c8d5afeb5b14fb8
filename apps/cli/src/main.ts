#!/usr/bin/env node
import { runCommandLine } from './command-line.js';
import { processTerminal } from './terminal/terminal.js';

// Whoever reads our output may have had enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), processTerminal);
