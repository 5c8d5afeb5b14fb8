export interface KafkaOptions {
  dataDir: string;
  port: number;
  /** The next port after `port` when left out. */
  controllerPort?: number;
  heapMegabytes?: number;
  log?: (line: string) => void;
}

export interface RunningKafka {
  /** For `KAFKA_BROKERS`. */
  brokers: string;
  pid: number;
  exited: Promise<void>;
  stop(): Promise<void>;
}

export type KafkaAvailability = { available: true } | { available: false; reason: string };

/** Whether Java and Maven (or jars fetched earlier) are here. */
export function kafkaAvailable(): KafkaAvailability;
/** Returns the folder with the jars. */
export function fetchKafka(options?: { log?: (line: string) => void }): string;
export function startKafka(options: KafkaOptions): Promise<RunningKafka>;
