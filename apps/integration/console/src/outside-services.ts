import type { ServiceHealth } from '@samenhang/service-calls';
import type { ServiceName } from '@samenhang/service-kit';

/** A service that the installation needs and that may be another's: how it is, as far as it can be told from here. */
export interface OutsideService {
  readonly name: OutsideName;
  /**
   * `answers`: it says itself that it is ready. `no-fault`: it cannot be asked from here, and who asks it has nothing to
   * complain of. `unknown`: neither can be asked.
   */
  readonly state: 'answers' | 'no-fault' | 'failing' | 'unknown';
  /** What services that ask it say of it. */
  readonly problems: readonly {
    readonly service: ServiceName;
    readonly text: string;
    readonly since?: string;
  }[];
}

export type OutsideName =
  'consent-register' | 'dezi' | 'address-book' | 'reference-index' | 'pseudonymisation';

/** By outside service: the code of the problem that says it does not answer, and who would state it. */
const outside: readonly {
  readonly name: OutsideName;
  readonly stated?: { readonly code: string; readonly by: ServiceName };
}[] = [
  { name: 'consent-register', stated: { code: 'consent-unreachable', by: 'record' } },
  { name: 'dezi' },
  { name: 'address-book' },
  { name: 'reference-index' },
  { name: 'pseudonymisation' },
];

export function outsideServicesOf(health: readonly ServiceHealth[]): OutsideService[] {
  return outside.map(({ name, stated }) => {
    const problems = health.flatMap(({ service, problems: said }) =>
      said
        .filter(({ code }) => code === stated?.code)
        .map(({ text, since }) => ({ service, text, ...(since === undefined ? {} : { since }) })),
    );
    const stateOf = (service: ServiceName | undefined): ServiceHealth['state'] =>
      health.find((one) => one.service === service)?.state ?? 'unreachable';
    const own = stateOf(name);
    if (problems.length > 0 || own === 'not-ready') return { name, state: 'failing', problems };
    if (own === 'ready') return { name, state: 'answers', problems };
    return { name, state: stateOf(stated?.by) === 'ready' ? 'no-fault' : 'unknown', problems };
  });
}
