import { platformServices, type ServiceName } from '@samenhang/service-kit';
import type { Terminal } from '../terminal/terminal.js';
import { printTable } from '../terminal/text-table.js';
import type { Installation } from './installation.js';

interface ServiceStatus {
  readonly service: string;
  readonly url: string;
  readonly up: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly lag: readonly { readonly type: string; readonly waiting: number; readonly parked: number }[];
}

/** Shows all services with their figures. Exit code 1 when one is down. */
export async function status(
  options: { readonly json?: boolean },
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const statuses = await Promise.all(
    platformServices.map((service) => ask(service, installation.urlOf(service))),
  );
  if (options.json === true) terminal.print(JSON.stringify({ services: statuses }));
  else printTable(terminal, ['SERVICE', 'STATE', 'COUNTS', 'WAITING', 'PARKED', 'URL'], statuses.map(row));
  return statuses.every(({ up }) => up) ? 0 : 1;
}

async function ask(service: ServiceName, url: string): Promise<ServiceStatus> {
  const down: ServiceStatus = { service, url, up: false, counts: {}, lag: [] };
  try {
    const response = await fetch(`${url}/status`, { signal: AbortSignal.timeout(5_000) });
    if (!response.ok) return down;
    const answer = (await response.json()) as Partial<ServiceStatus>;
    return { service, url, up: true, counts: answer.counts ?? {}, lag: answer.lag ?? [] };
  } catch {
    return down;
  }
}

function row({ service, url, up, counts, lag }: ServiceStatus): string[] {
  const figures = Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
  const sum = (part: 'waiting' | 'parked'): string =>
    lag.length === 0 ? '' : String(lag.reduce((total, entry) => total + entry[part], 0));
  return [service, up ? 'up' : 'DOWN', figures, sum('waiting'), sum('parked'), url];
}
