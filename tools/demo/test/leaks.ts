import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel, type EachMessagePayload } from 'kafkajs';
import pg from 'pg';
import { portOffsets } from '@samenhang/service-kit';

/** The text itself and whatever of it is base64url (a token's parts): a number must not hide in either. */
function readings(text: string): string[] {
  const encoded = text.match(/[\w-]{12,}/g) ?? [];
  return [text, ...encoded.map((part) => Buffer.from(part, 'base64url').toString('latin1'))];
}

function holdsOneOf(numbers: readonly string[], text: string): boolean {
  return readings(text).some((reading) => numbers.some((number) => reading.includes(number)));
}

/** Lines of the log files that hold one of the numbers. */
export function leaksInLogs(dataDirectory: string, numbers: readonly string[]): string[] {
  const folder = join(dataDirectory, 'log');
  return readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => holdsOneOf(numbers, line))
      .map(() => file),
  );
}

export interface Traffic {
  readonly requests: number;
  readonly leaks: readonly string[];
}

/** URLs and headers of recorded requests (`tools/testing/record-traffic.mjs`) that hold one of the numbers. */
export function leaksInTraffic(trafficFile: string, numbers: readonly string[]): Traffic {
  const lines = readFileSync(trafficFile, 'utf8').split('\n').filter(Boolean);
  const leaks = lines.filter((line) =>
    (JSON.parse(line) as string[]).some((text) => holdsOneOf(numbers, text)),
  );
  return {
    requests: lines.length,
    leaks: leaks.map((line) => (JSON.parse(line) as string[]).slice(0, 3).join(' ')),
  };
}

/** Metrics pages of all services that hold one of the numbers. */
export async function leaksInMetrics(portBase: number, numbers: readonly string[]): Promise<string[]> {
  const leaks: string[] = [];
  for (const [service, offset] of Object.entries(portOffsets)) {
    if (offset > 10) continue;
    const text = await (await fetch(`http://127.0.0.1:${portBase + offset}/metrics`)).text();
    if (holdsOneOf(numbers, text)) leaks.push(service);
  }
  return leaks;
}

/** Keys and headers of events: what a broker and its operators would see. The pruned ones are gone; the rest are read. */
export async function leaksInEventKeys(
  portBase: number,
  numbers: readonly string[],
): Promise<{ events: number; leaks: number }> {
  const client = new pg.Client({
    connectionString: `postgres://postgres@127.0.0.1:${portBase + portOffsets.postgres}/samenhang`,
  });
  await client.connect();
  try {
    const { rows } = await client.query<{ outside: string }>(
      `SELECT concat_ws(' ', type, key, tenant, producer, traceparent, id) AS outside FROM event_log.event`,
    );
    return { events: rows.length, leaks: rows.filter(({ outside }) => holdsOneOf(numbers, outside)).length };
  } finally {
    await client.end();
  }
}

/** Topic names, and keys and headers of every message, of a real broker. */
export async function leaksInKafka(
  broker: string,
  numbers: readonly string[],
): Promise<{ messages: number; leaks: string[] }> {
  const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => !topic.startsWith('__'));
  const offsets = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)));
  await admin.disconnect();
  const expected = offsets.flat().reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
  const leaks = topics.filter((topic) => holdsOneOf(numbers, topic));
  let messages = 0;
  const consumer = kafka.consumer({ groupId: `leak-test-${process.pid}` });
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    const onMessage = ({ topic, message }: EachMessagePayload): Promise<void> => {
      const outside = [
        String(message.key),
        ...Object.entries(message.headers ?? {}).map(([name, value]) => `${name}=${String(value)}`),
      ];
      if (outside.some((text) => holdsOneOf(numbers, text))) leaks.push(`message of ${topic}`);
      messages += 1;
      if (messages >= expected) resolve();
      return Promise.resolve();
    };
    consumer.run({ eachMessage: onMessage }).catch(reject);
    if (expected === 0) resolve();
  });
  await consumer.disconnect();
  return { messages, leaks };
}
