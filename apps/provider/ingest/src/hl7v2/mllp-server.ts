import { createServer, type Server, type Socket } from 'node:net';
import {
  createServer as createTlsServer,
  type Server as TlsServer,
  type TlsOptions,
  type TLSSocket,
} from 'node:tls';
import { Failure } from '@samenhang/errors';
import type { Source } from '../sources/source.js';
import { isAllowed, namesIn } from './client-certificate.js';
import type { MllpSettings, MllpTls } from './mllp-settings.js';
import type { TlsMaterial } from './tls-material.js';

const DEFAULT_MAXIMUM_CONNECTIONS = 1_024;
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** How soon a renewed certificate is used. */
const RENEWAL_CHECK_MS = 60_000;

export interface MllpServerEvents {
  onConnection(socket: Socket): void;
  /** A connection that was turned away, and why. */
  onRefused(reason: string): void;
}

/**
 * Listens on the address of a source, over TLS when it is declared so.
 * @throws Failure('conflict') when the address cannot be listened on, Failure('invalid') when the TLS secrets are not in order
 */
export async function listenForMllp(
  source: Source,
  settings: MllpSettings,
  material: TlsMaterial,
  events: MllpServerEvents,
): Promise<{ close(): Promise<void> }> {
  const { tls } = settings;
  const listener =
    tls === undefined
      ? { server: createServer(), stop: () => undefined }
      : openTls(source, tls, material, events);
  const { server } = listener;
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) =>
    admit(socket, tls, events),
  );
  server.maxConnections = settings.maximumConnections ?? DEFAULT_MAXIMUM_CONNECTIONS;
  server.on('drop', () => events.onRefused('more connections than the source may have'));
  try {
    await listen(server, settings.host, settings.port);
  } catch (error) {
    listener.stop();
    throw error;
  }
  return {
    close() {
      listener.stop();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function openTls(
  source: Source,
  tls: MllpTls,
  material: TlsMaterial,
  events: MllpServerEvents,
): { server: TlsServer; stop: () => void } {
  const read = (): TlsOptions => readOptions(source, tls, material);
  let current = read();
  const server = createServerWith(current);
  server.on('tlsClientError', (error: NodeJS.ErrnoException) =>
    events.onRefused(`TLS: ${error.code ?? error.name}`),
  );
  const renew = (): void => {
    try {
      const next = read();
      if (JSON.stringify(next) === JSON.stringify(current)) return;
      server.setSecureContext(next);
      current = next;
    } catch (error) {
      // What was good is kept: half a renewal must not close the door.
      events.onRefused(error instanceof Error ? error.message : 'The TLS secrets cannot be read');
    }
  };
  const timer = setInterval(renew, RENEWAL_CHECK_MS);
  timer.unref();
  return { server, stop: () => clearInterval(timer) };
}

function createServerWith(options: TlsOptions): TlsServer {
  try {
    return createTlsServer(options);
  } catch (cause) {
    throw new Failure('invalid', 'The TLS secrets of the source hold no usable certificate and key', {
      cause,
    });
  }
}

function readOptions(source: Source, tls: MllpTls, material: TlsMaterial): TlsOptions {
  const { certificate, key, passphrase } = material.listenerKeys(source.tenant, tls.certificateSecret);
  const client =
    tls.clientCaSecret === undefined
      ? {}
      : {
          ca: material.clientAuthorities(source.tenant, tls.clientCaSecret),
          requestCert: true,
          rejectUnauthorized: true,
        };
  return {
    cert: certificate,
    key,
    minVersion: 'TLSv1.2',
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    ...(passphrase === undefined ? {} : { passphrase }),
    ...client,
  };
}

function admit(socket: Socket | TLSSocket, tls: MllpTls | undefined, events: MllpServerEvents): void {
  if (tls?.clientCaSecret !== undefined) {
    const certificate = (socket as TLSSocket).getPeerX509Certificate();
    if (certificate === undefined || !isAllowed(namesIn(certificate), tls.clients)) {
      // Whoever it is has a certificate of the right authority, but is not the source's sender.
      events.onRefused('the client certificate is not one of the source');
      socket.on('error', () => undefined);
      socket.destroy();
      return;
    }
  }
  events.onConnection(socket);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new Failure('conflict', `Port ${String(port)} cannot be listened on`, { cause })),
    );
    server.listen({ host, port, backlog: 1024 }, () => {
      server.removeAllListeners('error');
      server.on('error', () => undefined);
      resolve();
    });
  });
}
