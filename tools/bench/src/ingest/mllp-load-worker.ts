import { connect, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { percentile, rounded } from '../statistics.js';
import { templates, type MessageTemplate, type TemplateName } from './message-template.js';
import type { LoadOrder, LoadReport } from './mllp-load.js';

const CARRIAGE_RETURN = 0x0d;
const END = 0x1c;

const order = workerData as LoadOrder;
const template: MessageTemplate = templates[order.template as TemplateName];
const latencies: number[] = [];
let nextSerial = order.firstSerial;

/** One sender: a message at a time, the next one when the last is acknowledged. Resolves when `until` has passed. */
function sendUntil(socket: Socket, until: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const frame = template.frame();
    let answer = '';
    let sentAt = 0;
    const next = (): void => {
      template.fill(frame, nextSerial++);
      sentAt = performance.now();
      socket.write(frame);
    };
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      const isWhole =
        answer.charCodeAt(answer.length - 1) === CARRIAGE_RETURN &&
        answer.charCodeAt(answer.length - 2) === END;
      if (!isWhole) return;
      const now = performance.now();
      if (!answer.includes('\rMSA|AA|')) return reject(new Error('A message was not answered AA'));
      answer = '';
      latencies.push(now - sentAt);
      if (now < until) next();
      else resolve();
    });
    socket.once('close', () => reject(new Error('A connection was closed')));
    next();
  });
}

function open(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: order.port, noDelay: true }, () => resolve(socket));
    socket.once('error', reject);
  });
}

const sockets = await Promise.all(Array.from({ length: order.connections }, open));
const cpuBefore = process.threadCpuUsage();
const startedAt = performance.now();
await Promise.all(sockets.map((socket) => sendUntil(socket, startedAt + order.seconds * 1000)));
const elapsedMs = performance.now() - startedAt;
const { user, system } = process.threadCpuUsage(cpuBefore);
for (const socket of sockets) socket.destroy();
const report: LoadReport = {
  messages: latencies.length,
  seconds: elapsedMs / 1000,
  p50Ms: rounded(percentile(latencies, 0.5)),
  p99Ms: rounded(percentile(latencies, 0.99)),
  generatorCpuMs: (user + system) / 1000,
};
parentPort?.postMessage(report);
