import { platformServices, type OutsideState, type ServiceName } from '@samenhang/service-kit';

export interface ServiceHealth {
  readonly service: ServiceName;
  readonly state: 'ready' | 'not-ready' | 'unreachable';
  readonly counts: Readonly<Record<string, unknown>>;
  readonly lag: readonly { readonly type: string; readonly waiting: number; readonly parked: number }[];
  /** The services that it asks. */
  readonly outside: readonly OutsideState[];
  readonly problems: readonly {
    readonly code: string;
    readonly text: string;
    /** The source concerned, as `tenant/source`. */
    readonly source?: string;
    /** The service outside concerned. */
    readonly outside?: string;
    readonly since?: string;
  }[];
}

const TIMEOUT_MS = 3_000;

/** How each service of the installation is, and what it says of the services outside that it needs. */
export function readHealth(urlOf: (service: ServiceName) => string): Promise<ServiceHealth[]> {
  return Promise.all(platformServices.map((service) => healthOf(service, urlOf(service))));
}

async function healthOf(service: ServiceName, url: string): Promise<ServiceHealth> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const [ready, status] = await Promise.all([
      fetch(`${url}/health/ready`, { signal }),
      fetch(`${url}/status`, { signal }),
    ]);
    const said = (await status.json()) as Partial<ServiceHealth>;
    const { counts = {}, lag = [], outside = [], problems = [] } = said;
    return { service, state: ready.ok ? 'ready' : 'not-ready', counts, lag, outside, problems };
  } catch {
    return { service, state: 'unreachable', counts: {}, lag: [], outside: [], problems: [] };
  }
}
