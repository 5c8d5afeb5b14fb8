import { connect, type Socket } from 'node:net';
import { encodeMllpFrame, MllpDecoder, parseMessage, type Hl7Message } from '@samenhang/hl7v2';

/** A source system that sends over MLLP. */
export class MllpSender {
  readonly #decoder = new MllpDecoder(1_000_000);
  readonly #frames: Buffer[] = [];
  #wake: (() => void) | undefined;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => {
      for (const event of this.#decoder.push(chunk)) {
        if (event.kind === 'frame') this.#frames.push(event.content);
      }
      this.#wake?.();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => this.#wake?.());
  }

  static over(socket: Socket): MllpSender {
    return new MllpSender(socket);
  }

  static connect(port: number, host = '127.0.0.1'): Promise<MllpSender> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host }, () => resolve(new MllpSender(socket)));
      socket.once('error', reject);
    });
  }

  write(content: string | Buffer): void {
    this.socket.write(
      encodeMllpFrame(typeof content === 'string' ? Buffer.from(content, 'latin1') : content),
    );
  }

  /** The next answers, in the order in which they came; fewer when the connection is closed before. */
  async answers(count: number): Promise<Hl7Message[]> {
    return (await this.frames(count)).map((content) => parseMessage(content, { defaultCharset: '8859/1' }));
  }

  /** The same as bytes. */
  async frames(count: number): Promise<Buffer[]> {
    while (this.#frames.length < count && !this.socket.closed) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#frames.splice(0, count);
  }

  async send(content: string | Buffer): Promise<Hl7Message> {
    this.write(content);
    const [answer] = await this.answers(1);
    if (answer === undefined) throw new Error('the connection was closed without an answer');
    return answer;
  }

  close(): void {
    this.socket.destroy();
  }
}

export function adt(controlId: string, fields: { msh?: string; pid?: string } = {}): string {
  return [
    `MSH|^~\\&|HIS|22222222|SAMENHANG|NODE|20260101120000+0100||ADT^A01^ADT_A01|${controlId}|P|2.5${fields.msh ?? ''}`,
    'EVN|A01|20260101120000',
    `PID|1||${fields.pid ?? '1234567^^^^PI~900186021^^^NLMINBIZA^NNNLD'}||Jansen^Piet||19700101|M`,
    'PV1|1|I|W1',
    '',
  ].join('\r');
}
