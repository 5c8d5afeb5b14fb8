export interface PostgresOptions {
  dataDirectory: string;
  port: number;
  log?: (line: string) => void;
  settings?: Record<string, string>;
}

export interface RunningPostgres {
  /** URL of the administrator, database `postgres`. */
  url: string;
  pid: number;
  exited: Promise<void>;
  stop(): Promise<void>;
}

export function startPostgres(options: PostgresOptions): Promise<RunningPostgres>;
