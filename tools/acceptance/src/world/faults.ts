import type { IncomingMessage, ServerResponse } from 'node:http';
import { silence, type Answer } from './stand-in.js';

/** A way in which a service fails its callers. */
export interface Fault {
  readonly name: string;
  /** Undefined: nothing listens any more. */
  readonly answer: Answer | undefined;
}

const DRIP_MS = 50;

/** Faults that any service can have. What is a lie depends on the service. */
export const commonFaults: readonly Fault[] = [
  { name: 'is down', answer: undefined },
  { name: 'does not answer', answer: silence },
  { name: 'answers a letter at a time, without end', answer: drip },
  { name: 'breaks off in its answer', answer: breakOff },
  { name: 'fails', answer: textOf(500, 'broken') },
  { name: 'answers something else', answer: textOf(200, '<html><body>Welcome</body></html>') },
  { name: 'sends its callers elsewhere', answer: redirect },
];

/** Answers that are well made and not true. */
export function lie(name: string, type: string, body: string): Fault {
  return {
    name: `lies: ${name}`,
    answer: (_request, response) => void response.writeHead(200, { 'content-type': type }).end(body),
  };
}

function textOf(status: number, body: string): Answer {
  return (_request, response) => void response.writeHead(status, { 'content-type': 'text/html' }).end(body);
}

function drip(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), DRIP_MS);
  response.on('close', () => clearInterval(timer));
}

function breakOff(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '65536' });
  response.write('{"resourceType":"Bun', () => response.destroy());
}

function redirect({ headers }: IncomingMessage, response: ServerResponse): void {
  response.writeHead(307, { location: `http://${headers.host ?? '127.0.0.1'}/elsewhere` }).end();
}
