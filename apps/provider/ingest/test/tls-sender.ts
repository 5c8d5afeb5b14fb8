import { connect, type ConnectionOptions } from 'node:tls';
import { MllpSender } from './mllp-sender.js';

/** A source system that sends over MLLP on TLS; rejects when it is not let in. */
export function connectOverTls(port: number, options: ConnectionOptions): Promise<MllpSender> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ...options }, () => resolve(MllpSender.over(socket)));
    socket.once('error', reject);
  });
}
