import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.js';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger('example', 'info', { write: (line: string) => void lines.push(line) }));
  return lines.join('');
}

describe('log lines', () => {
  it('never hold nine digits on their own', () => {
    const line = logged((logger) =>
      logger.info({ patient: '900186021', nested: { text: 'BSN 999901370.' } }, 'for 999911120'),
    );
    expect(line).not.toMatch(/900186021|999901370|999911120/);
  });

  it('keep identifiers, times and addresses', () => {
    const uuid = '12345678-1234-4234-8234-123456789012';
    expect(logged((logger) => logger.info({ uuid, elapsed: 1234567890123 }, 'kept'))).toMatch(
      new RegExp(`${uuid}.*1234567890123`),
    );
  });

  it('leave out the row values that a database error carries', () => {
    const error = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: 'Key (name)=(Jansen) already exists.',
    });
    const line = logged((logger) => logger.error({ error }, 'failed'));
    expect(line).toContain('23505');
    expect(line).not.toContain('Jansen');
  });
});
