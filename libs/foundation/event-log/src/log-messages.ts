/** What the log needs of a logger; pino fits. Fields and messages never hold a payload. */
export interface EventLogLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const silentLogger: EventLogLogger = { info() {}, warn() {}, error() {} };
