import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { encodeMllpFrame } from '@samenhang/hl7v2';
import { freePort } from '@samenhang/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adt, MllpSender } from './mllp-sender.js';
import { RunningIngest } from './running-ingest.js';

const MEGABYTE = 1024 * 1024;
const MESSAGES = 96;
/** 48 MiB that wait, 16 MiB in the transaction at hand, and what TCP keeps on both sides. */
const MOST_TAKEN_IN = 72 * MEGABYTE;

describe('a sender that is faster than the database', () => {
  let ingest: RunningIngest;
  let port: number;

  beforeAll(async () => {
    ingest = await RunningIngest.start();
    port = await freePort();
    const mllp = { host: '127.0.0.1', port };
    expect((await ingest.declare('his', { kind: 'mllp', mllp })).status).toBe(201);
  });
  afterAll(() => ingest.stop());

  /** Has the database wait before it stores anything of the source; resolves to what lets it go on. */
  async function holdStorage(): Promise<() => Promise<void>> {
    const holder = await ingest.sql.connect();
    await holder.query('BEGIN');
    await holder.query("SELECT 1 FROM ingest.source WHERE id = 'his' FOR UPDATE");
    return async () => {
      await holder.query('COMMIT');
      holder.release();
    };
  }

  /** A megabyte each, in turn: a sender that waits for TCP, and keeps no more than the message at hand itself. */
  function offer(sender: MllpSender): { taken: () => number; done: Promise<void> } {
    const { socket } = sender;
    const before = socket.bytesWritten;
    const note = `NTE|1||${'x'.repeat(MEGABYTE)}\r`;
    const done = (async () => {
      for (let number = 1; number <= MESSAGES; number += 1) {
        const frame = encodeMllpFrame(Buffer.from(adt(`M${String(number)}`) + note, 'latin1'));
        if (!socket.write(frame)) await once(socket, 'drain');
      }
    })();
    return { taken: () => socket.bytesWritten - before - socket.writableLength, done };
  }

  /** What the other side has taken in once it takes no more. */
  async function settled(taken: () => number): Promise<number> {
    for (let last = -1; ;) {
      const now = taken();
      if (now === last) return now;
      last = now;
      await wait(1_000);
    }
  }

  it('is made to wait with bounded memory, and loses nothing', { timeout: 120_000 }, async () => {
    const release = await holdStorage();
    const before = process.memoryUsage().arrayBuffers;
    const sender = await MllpSender.connect(port);
    const { taken, done } = offer(sender);
    try {
      const takenIn = await settled(taken);
      expect(takenIn).toBeGreaterThan(48 * MEGABYTE);
      expect(takenIn).toBeLessThan(MOST_TAKEN_IN);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * MOST_TAKEN_IN);
      expect(await ingest.query('SELECT 1 FROM ingest.message')).toEqual([]);
    } finally {
      await release();
    }
    const answers = await sender.answers(MESSAGES);
    await done;
    expect(answers.map((answer) => answer.segment('MSA')?.field(1).text)).toEqual(
      Array.from({ length: MESSAGES }, () => 'AA'),
    );
    const stored = await ingest.query<{ control_id: string; position: string }>(
      'SELECT control_id, position FROM ingest.message ORDER BY position',
    );
    expect(stored.map(({ control_id: id }) => id)).toEqual(
      Array.from({ length: MESSAGES }, (_, index) => `M${String(index + 1)}`),
    );
    sender.close();
  });
});
