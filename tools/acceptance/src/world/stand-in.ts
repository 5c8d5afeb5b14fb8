import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Never answers. */
export const silence: Answer = () => {};

export function answerWith(status: number, type: string, body: string): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': type }).end(body);
  };
}

/** A server that takes the place of a service and misbehaves as a scenario wants. */
export class StandIn {
  readonly #server: Server;
  asked = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(port: number, answer: Answer): Promise<StandIn> {
    const server = createServer();
    const standIn = new StandIn(server);
    server.on('request', (request, response) => {
      standIn.asked += 1;
      request.resume();
      answer(request, response);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
