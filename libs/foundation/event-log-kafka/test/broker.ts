import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';

/** Why there is no Kafka in this run, or null when there is one. */
export const kafkaSkipReason: string | null = findReason(inject('kafkaSkipReason'));

function findReason(reason: string | null | undefined): string | null {
  return reason === undefined ? 'tools/testing/kafka-setup.ts takes no part in this run' : reason;
}

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
