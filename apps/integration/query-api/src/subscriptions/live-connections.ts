import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { statementByStatement } from '@samenhang/persistence';
import { LOGGER, ServiceEnvironment } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { EventStore } from './event-store.js';
import { LiveSubscription } from './live-subscription.js';
import { SubscriptionStore } from './subscription-store.js';

export const websocketPath = '/fhir/subscriptions/websocket';

const POLL_MS = 250;
/** Whoever says nothing for so long goes. */
const BINDING_MS = 15_000;
const MAXIMUM_CONNECTIONS = 2_000;
const MAXIMUM_MESSAGE_BYTES = 1_024;
const BIND = /^bind-with-token:?\s+(\S{1,200})$/;
/** RFC 6455, 7.4.1. */
const POLICY_VIOLATION = 1008;
const GOING_AWAY = 1001;

/**
 * Subscribers that are told over a websocket. A connection has no token of its own: it is bound by one that was given for a
 * subscription, once. What a connection missed it asks for with `$events`.
 */
@Injectable()
export class LiveConnections implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAXIMUM_MESSAGE_BYTES });
  readonly #bound = new Map<WebSocket, LiveSubscription>();
  #timer: NodeJS.Timeout | undefined;
  #telling: Promise<void> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly subscriptions: SubscriptionStore,
    private readonly events: EventStore,
    private readonly environment: ServiceEnvironment,
    private readonly host: HttpAdapterHost,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#timer = setInterval(() => {
      this.#telling ??= this.#tellAll().finally(() => (this.#telling = undefined));
    }, POLL_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    for (const socket of this.#server.clients) socket.close(GOING_AWAY);
    await this.#telling;
    for (const socket of this.#server.clients) socket.terminate();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const [path] = (request.url ?? '').split('?', 1);
    if (path !== websocketPath || this.#server.clients.size >= MAXIMUM_CONNECTIONS) {
      socket.end(`HTTP/1.1 ${path === websocketPath ? '503 Service Unavailable' : '404 Not Found'}\r\n\r\n`);
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (opened) => this.#open(opened));
  }

  #open(socket: WebSocket): void {
    const patience = setTimeout(() => {
      if (!this.#bound.has(socket)) socket.close(POLICY_VIOLATION);
    }, BINDING_MS);
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      clearTimeout(patience);
      this.#bound.delete(socket);
    });
    socket.on('message', (data) => void this.#bind(socket, textOf(data)));
  }

  async #bind(socket: WebSocket, text: string): Promise<void> {
    try {
      const [, token] = BIND.exec(text.trim()) ?? [];
      const statements = statementByStatement(this.dataSource);
      const id =
        token === undefined || this.#bound.has(socket)
          ? undefined
          : await this.events.takeBinding(statements, token);
      const subscription = id === undefined ? undefined : await this.subscriptions.find(statements, id);
      if (subscription === undefined || subscription.status === 'off') return socket.close(POLICY_VIOLATION);
      const live = new LiveSubscription(subscription, `${this.environment.publicUrl}/fhir`);
      socket.send(live.handshake());
      this.#bound.set(socket, live);
    } catch (error) {
      this.logger.error({ err: error }, 'a websocket could not be bound');
      socket.close(GOING_AWAY);
    }
  }

  async #tellAll(): Promise<void> {
    for (const [socket, live] of this.#bound) {
      try {
        const now = await this.subscriptions.find(statementByStatement(this.dataSource), live.id);
        if (now === undefined || now.status === 'off') {
          socket.close(POLICY_VIOLATION);
          continue;
        }
        const events = await this.#eventsFor(live, now.events);
        const message = live.next(now, events);
        if (message !== undefined) socket.send(message);
      } catch (error) {
        this.logger.error({ err: error }, 'a websocket could not be told');
      }
    }
  }

  async #eventsFor(
    live: LiveSubscription,
    until: number,
  ): Promise<Awaited<ReturnType<EventStore['eventsOf']>>> {
    if (live.sent >= until) return [];
    const range = { from: live.sent + 1, until, limit: 100 };
    return this.events.eventsOf(statementByStatement(this.dataSource), live.id, range);
  }
}

function textOf(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString('utf8') : '';
}
