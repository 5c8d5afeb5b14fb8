import { createServer } from 'node:net';
import { portOffsets } from '@samenhang/service-kit';

const SPAN = 50;
const ATTEMPTS = 50;

/** First port of a stretch that nothing listens on, above the ports that the demonstration and its users take. */
export async function freePortBase(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const base = 20_000 + SPAN * Math.floor(Math.random() * 240);
    const free = await Promise.all(Object.values(portOffsets).map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
  throw new Error('No free stretch of ports was found');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
