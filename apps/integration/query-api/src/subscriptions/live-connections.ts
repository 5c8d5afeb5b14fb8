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
import { EventWatch } from './event-watch.js';
import { LiveSubscription } from './live-subscription.js';
import { SubscriptionStore, type SubscriptionState } from './subscription-store.js';

export const websocketPath = '/fhir/subscriptions/websocket';

/** For heartbeats, for what has ended, and for what was said while nobody listened: one statement for all connections. */
const LOOK_MS = 1_000;
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
  readonly #due = new Set<string>();
  #telling: Promise<void> | undefined;
  #isClosing = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly subscriptions: SubscriptionStore,
    private readonly events: EventStore,
    private readonly watch: EventWatch,
    private readonly environment: ServiceEnvironment,
    private readonly host: HttpAdapterHost,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.watch.onChange((id) => this.#tell([id]));
    this.#timer = setInterval(() => this.#tell(this.#boundIds()), LOOK_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#timer);
    for (const socket of this.#server.clients) socket.close(GOING_AWAY);
    await this.#telling;
    for (const socket of this.#server.clients) socket.terminate();
  }

  #boundIds(): string[] {
    return [...this.#bound.values()].map(({ id }) => id);
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
      // What happened between the handshake and now.
      this.#tell([live.id]);
    } catch (error) {
      this.logger.error({ err: error }, 'a websocket could not be bound');
      socket.close(GOING_AWAY);
    }
  }

  /** Of these subscriptions, or of all that are bound; one round at a time, what comes in meanwhile in the next. */
  #tell(ids: Iterable<string>): void {
    for (const id of ids) this.#due.add(id);
    this.#telling ??= this.#tellDue().finally(() => {
      this.#telling = undefined;
      if (this.#due.size > 0 && !this.#isClosing) this.#tell([]);
    });
  }

  async #tellDue(): Promise<void> {
    const due = new Set(this.#due);
    this.#due.clear();
    const connections = [...this.#bound].filter(([, live]) => due.has(live.id));
    if (connections.length === 0) return;
    try {
      const ids = [...new Set(connections.map(([, live]) => live.id))];
      const states = await this.subscriptions.statesOf(statementByStatement(this.dataSource), ids);
      for (const [socket, live] of connections) await this.#tellOne(socket, live, states.get(live.id));
    } catch (error) {
      this.logger.error({ err: error }, 'websockets could not be told');
    }
  }

  async #tellOne(
    socket: WebSocket,
    live: LiveSubscription,
    state: SubscriptionState | undefined,
  ): Promise<void> {
    if (state === undefined || state.status === 'off') return socket.close(POLICY_VIOLATION);
    const events = await this.#eventsFor(live, state.events);
    const message = live.next(state, events);
    if (message !== undefined) socket.send(message);
    if (live.sent < state.events) this.#due.add(live.id);
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
