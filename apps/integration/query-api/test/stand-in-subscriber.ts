import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Parameter {
  readonly name: string;
  readonly part?: readonly Parameter[];
  readonly valueString?: string;
  readonly valueCode?: string;
  readonly valueReference?: { readonly reference?: string; readonly identifier?: { readonly value: string } };
}

/** A notification, as a subscriber reads it. */
export interface Notification {
  readonly type: string | undefined;
  readonly status: string | undefined;
  readonly since: number;
  readonly events: readonly { readonly number: number; readonly focus: string | undefined }[];
  readonly text: string;
}

export function readNotification(text: string): Notification {
  const bundle = JSON.parse(text) as { entry: { resource?: { parameter: Parameter[] } }[] };
  const parameters = bundle.entry[0]?.resource?.parameter ?? [];
  const find = (name: string): Parameter | undefined => parameters.find((one) => one.name === name);
  return {
    type: find('type')?.valueCode,
    status: find('status')?.valueCode,
    since: Number(find('events-since-subscription-start')?.valueString),
    events: parameters
      .filter(({ name }) => name === 'notification-event')
      .map(({ part = [] }) => {
        const reference = part.find(({ name }) => name === 'focus')?.valueReference;
        return {
          number: Number(part.find(({ name }) => name === 'event-number')?.valueString),
          focus: reference?.reference ?? reference?.identifier?.value,
        };
      }),
    text,
  };
}

/** An application that has itself told, over real HTTP. */
export class StandInSubscriber {
  readonly told: Notification[] = [];
  readonly headers: IncomingHttpHeaders[] = [];
  /** What it answers; below 300 it has taken the notification. */
  status = 200;
  location: string | undefined;
  attempts = 0;
  url = '';

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (part: string) => (text += part));
      request.on('end', () => {
        this.attempts += 1;
        this.headers.push(request.headers);
        if (this.status < 300) this.told.push(readNotification(text));
        if (this.location !== undefined) response.setHeader('location', this.location);
        response.writeHead(this.status).end();
      });
    });
  }

  static async start(): Promise<StandInSubscriber> {
    const server = createServer();
    const subscriber = new StandInSubscriber(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    subscriber.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/told`;
    return subscriber;
  }

  /** Numbers of the events it took, each time it took them. */
  get numbers(): number[] {
    return this.told.flatMap(({ events }) => events.map(({ number }) => number));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
