import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { encodeMllpFrame, parseMessage, readBatch, type Hl7Message } from '@samenhang/hl7v2';
import { freePort } from '@samenhang/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adt, MllpSender } from './mllp-sender.js';
import { hospital, RunningIngest } from './running-ingest.js';
import { TestAuthority } from '@samenhang/testing';
import { connectOverTls } from './tls-sender.js';

let ingest: RunningIngest;
beforeAll(async () => {
  ingest = await RunningIngest.start();
});
afterAll(() => ingest.stop());

/** Declares a source on a port of its own. */
async function listening(id: string, settings: object = {}, host = '127.0.0.1'): Promise<number> {
  const port = await freePort();
  const { status, body } = await ingest.declare(id, { kind: 'mllp', mllp: { host, port, ...settings } });
  expect(status, JSON.stringify(body)).toBe(201);
  return port;
}

function codeOf(answer: Hl7Message | undefined): string | undefined {
  return answer?.segment('MSA')?.field(1).text;
}

const closed = (socket: Socket): Promise<unknown> =>
  socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once('close', resolve));

describe('frames on a connection', () => {
  let port: number;
  beforeAll(async () => {
    port = await listening('frames');
  });

  it('may be cut at every byte', async () => {
    const frame = encodeMllpFrame(Buffer.from(adt('CUT0')));
    const sender = await MllpSender.connect(port);
    for (let cut = 1; cut < frame.length; cut += 7) {
      frame.write(`CUT${String(cut).padStart(3, '0')}`.slice(0, 4), frame.indexOf('CUT'));
      sender.socket.write(frame.subarray(0, cut));
      await new Promise((resolve) => setImmediate(resolve));
      sender.socket.write(frame.subarray(cut));
      expect((await sender.answers(1)).map(codeOf)).toEqual(['AA']);
    }
    sender.close();
  });

  it('may come byte by byte, two in a packet, and with garbage between them', async () => {
    const sender = await MllpSender.connect(port);
    for (const byte of encodeMllpFrame(Buffer.from(adt('BYTES')))) sender.socket.write(Buffer.of(byte));
    expect((await sender.answers(1)).map(codeOf)).toEqual(['AA']);
    sender.socket.write(
      Buffer.concat([
        Buffer.from('HTTP/1.1 ??\r\n\x1c\r'),
        encodeMllpFrame(Buffer.from(adt('TWO1'))),
        Buffer.from('xx'),
        encodeMllpFrame(Buffer.from(adt('TWO2'))),
      ]),
    );
    const answers = await sender.answers(2);
    expect(answers.map((one) => one.segment('MSA')?.field(2).text)).toEqual(['TWO1', 'TWO2']);
    sender.close();
  });

  it('may hold a megabyte in a field and 20,000 repetitions', async () => {
    const sender = await MllpSender.connect(port);
    const field = adt('MEGA') + `OBX|1|ED|x||${'QUJD'.repeat(262_144)}\r`;
    const repetitions = adt('MANY', { pid: '1234567^^^ZH&x&y^PI~'.repeat(20_000) });
    expect(codeOf(await sender.send(field))).toBe('AA');
    expect(codeOf(await sender.send(repetitions))).toBe('AA');
    sender.close();
  });

  it.each([
    ...[
      'A01',
      'A02',
      'A03',
      'A04',
      'A05',
      'A06',
      'A07',
      'A08',
      'A11',
      'A12',
      'A13',
      'A28',
      'A31',
      'A34',
      'A40',
    ].map((trigger) => `ADT^${trigger}`),
    ...['ADT^A41', 'ADT^A47', 'ORU^R01', 'OUL^R22', 'MDM^T02', 'SIU^S12', 'RDE^O11', 'OMP^O09', 'VXU^V04'],
    ...['PPR^PC1', 'REF^I12'],
  ])('may hold %s', async (type) => {
    const sender = await MllpSender.connect(port);
    const sent = adt(`T-${type}`).replace('ADT^A01^ADT_A01', type);
    expect(codeOf(await sender.send(sent))).toBe('AA');
    sender.close();
  });
});

describe('a batch', () => {
  const header = 'BHS|^~\\&|LAB|ZH|SAM|NODE|20260101||||B7';
  let sender: MllpSender;
  beforeAll(async () => (sender = await MllpSender.connect(await listening('batches'))));
  afterAll(() => sender.close());

  async function answerTo(lines: readonly string[]): Promise<Buffer> {
    sender.write(lines.join('\r') + '\r');
    return (await sender.frames(1))[0] ?? Buffer.alloc(0);
  }

  it('is answered by a batch with the acknowledgement of each message', async () => {
    const broken = adt('B2').replace('PID|', 'pid|').trimEnd();
    const answer = readBatch(
      await answerTo([header, adt('B1').trimEnd(), broken, adt('B3').trimEnd(), 'BTS|3']),
    );
    expect(answer.groups[0]?.header?.field(12).text).toBe('B7');
    const answers = answer.groups[0]?.messages.map((one) => parseMessage(one, { defaultCharset: '8859/1' }));
    expect(answers?.map(codeOf)).toEqual(['AA', 'AR', 'AA']);
    expect(answers?.map((one) => one.segment('MSA')?.field(2).text)).toEqual(['B1', 'B2', 'B3']);
    const rows = await ingest.query<{ control_id: string; state: string }>(
      `SELECT control_id, state FROM ingest.message WHERE source = 'batches' ORDER BY position`,
    );
    expect(rows.map(({ control_id, state }) => [control_id, state])).toEqual([
      ['B1', 'received'],
      ['B2', 'quarantined'],
      ['B3', 'received'],
    ]);
  });

  it('whose trailer counts otherwise is refused whole and kept', async () => {
    const answer = await answerTo([header, adt('B4').trimEnd(), 'BTS|2']);
    const message = parseMessage(answer, { defaultCharset: '8859/1' });
    expect(codeOf(message)).toBe('AR');
    expect(message.segment('MSA')?.field(2).text).toBe('B7');
    expect(message.segment('ERR')?.field(2).raw).toBe('BTS^1^1');
    const kept = await ingest.query(
      `SELECT 1 FROM ingest.message WHERE source = 'batches' AND state = 'quarantined' AND content LIKE 'BHS%'::bytea`,
    );
    expect(kept).toHaveLength(1);
  });
});

describe('TLS', () => {
  const authority = new TestAuthority();
  const stranger = new TestAuthority();
  const trusted = { ca: authority.certificate, servername: 'localhost' };
  const client = ({ certificate, key }: { certificate: string; key: string }): object => ({
    ...trusted,
    cert: certificate,
    key,
  });
  beforeAll(() => {
    ingest.writeSecret(`tls-${hospital}-listener`, authority.issue({ commonName: 'node' }));
    ingest.writeSecret(`tls-${hospital}-senders`, { certificates: authority.certificate });
  });

  it('carries messages', async () => {
    const port = await listening('tls', { tls: { certificateSecret: 'listener' } });
    const sender = await connectOverTls(port, trusted);
    expect(codeOf(await sender.send(adt('TLS1')))).toBe('AA');
    sender.close();
    await expect(connectOverTls(port, { ...trusted, ca: stranger.certificate })).rejects.toThrow();
    await expect(
      connectOverTls(port, { ...trusted, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' }),
    ).rejects.toThrow();
    const plain = await MllpSender.connect(port);
    plain.write(adt('PLAIN'));
    expect(await plain.answers(1)).toEqual([]);
  });

  it('with client certificates lets in the senders of the source only', async () => {
    const port = await listening('mtls', {
      tls: {
        certificateSecret: 'listener',
        clientCaSecret: 'senders',
        clients: [{ commonName: 'his', ura: '12345678' }],
      },
    });
    const his = await connectOverTls(port, client(authority.issue({ commonName: 'his', ura: '12345678' })));
    expect(codeOf(await his.send(adt('MTLS1')))).toBe('AA');
    his.close();
    const refused = [
      trusted,
      client(authority.issue({ commonName: 'his', ura: '87654321' })),
      client(authority.issue({ commonName: 'his' })),
      client(
        authority.issue({ commonName: 'his', ura: '12345678', validUntil: new Date(Date.now() - 60_000) }),
      ),
      { ...client(stranger.issue({ commonName: 'his', ura: '12345678' })) },
    ];
    for (const options of refused) {
      // In TLS 1.3 a client learns of its refusal only after its own part of the handshake.
      const sender = await connectOverTls(port, options).catch(() => undefined);
      sender?.write(adt('MTLS2'));
      expect((await sender?.answers(1)) ?? []).toEqual([]);
    }
    expect(await ingest.query(`SELECT 1 FROM ingest.message WHERE control_id = 'MTLS2'`)).toEqual([]);
  });

  it('is refused to be declared without its secrets, or with those of another care provider', async () => {
    const declare = async (tls: object): Promise<number> => {
      const mllp = { host: '127.0.0.1', port: await freePort(), tls };
      return (await ingest.declare('nothing', { kind: 'mllp', mllp })).status;
    };
    ingest.writeSecret('tls-33333333-foreign', authority.issue({ commonName: 'foreign' }));
    ingest.writeSecret(`tls-${hospital}-half`, { certificate: authority.certificate });
    for (const certificateSecret of ['absent', 'foreign', '33333333-foreign', 'half', '../listener'])
      expect(await declare({ certificateSecret })).toBe(422);
    expect(await declare({ certificateSecret: 'listener', clients: [{ commonName: 'his' }] })).toBe(422);
    const [row] = await ingest.query<{ text: string }>(
      `SELECT string_agg(declaration::text, '') AS text FROM ingest.source`,
    );
    expect(row?.text).not.toContain('PRIVATE KEY');
  });
});

describe('limits of a source', () => {
  it('close a connection on which a message trickles in', async () => {
    const port = await listening('slow', { messageTimeoutSeconds: 1 });
    const sender = await MllpSender.connect(port);
    const trickle = setInterval(() => sender.socket.write('x'), 100);
    sender.socket.write('\x0bMSH|');
    await closed(sender.socket);
    clearInterval(trickle);
    const honest = await MllpSender.connect(port);
    await wait(1_600);
    expect(codeOf(await honest.send(adt('HONEST')))).toBe('AA');
    honest.close();
  });

  it('close an idle connection where the source wants that', async () => {
    const sender = await MllpSender.connect(await listening('idle', { idleTimeoutSeconds: 1 }));
    expect(codeOf(await sender.send(adt('IDLE1')))).toBe('AA');
    await closed(sender.socket);
  });

  it('turn away more connections than the source may have, and serve those it has', async () => {
    const port = await listening('few', { maximumConnections: 3 });
    const senders = await Promise.all([1, 2, 3].map(() => MllpSender.connect(port)));
    const fourth = connect({ port, host: '127.0.0.1' });
    fourth.on('error', () => undefined);
    await closed(fourth);
    for (const [index, sender] of senders.entries())
      expect(codeOf(await sender.send(adt(`FEW${String(index)}`)))).toBe('AA');
    for (const sender of senders) sender.close();
    await wait(100);
    const next = await MllpSender.connect(port);
    expect(codeOf(await next.send(adt('FEW-NEXT')))).toBe('AA');
    next.close();
  });

  it('let a thousand idle connections and a hundred half messages cost little memory', async () => {
    const port = await listening('many');
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    const idle = await Promise.all(Array.from({ length: 1_000 }, () => MllpSender.connect(port)));
    for (const one of idle.slice(0, 100)) one.socket.write('\x0bMSH|^~\\&|' + 'x'.repeat(10_000));
    const sender = await MllpSender.connect(port);
    for (let count = 0; count < 20; count++)
      expect(codeOf(await sender.send(adt(`IDLE-${String(count)}`)))).toBe('AA');
    // Both ends of each connection live in this process.
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    for (const one of [...idle, sender]) one.close();
  });

  it('listen on IPv6 too', async () => {
    const port = await listening('six', {}, '::1');
    const sender = await MllpSender.connect(port, '::1');
    expect(codeOf(await sender.send(adt('SIX')))).toBe('AA');
    sender.close();
  });
});
