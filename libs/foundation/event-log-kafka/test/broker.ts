import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';

export const kafkaSkipReason: string | null = inject('kafkaSkipReason');

/** The test run's Kafka, started now if nobody asked for it before. */
export async function requestBrokers(): Promise<string[]> {
  const port = inject('kafkaOnDemandPort');
  if (port === null) throw new Error(`No Kafka in this run: ${kafkaSkipReason}`);
  const answer = JSON.parse(await text(connect({ host: '127.0.0.1', port }))) as {
    brokers?: string;
    error?: string;
  };
  if (answer.brokers === undefined) throw new Error(`Kafka could not be started: ${answer.error}`);
  return answer.brokers.split(',');
}
