import type { ServiceHealth } from '@samenhang/service-calls';
import type { ServiceName } from '@samenhang/service-kit';

/** A service that the installation needs and that may be another's: how it is, as far as it can be told from here. */
export interface OutsideService {
  readonly name: OutsideName;
  /**
   * `answers`: it says itself that it is ready. `no-fault`: it cannot be asked from here, and who asked it last got an
   * answer. `unknown`: neither can be told.
   */
  readonly state: 'answers' | 'no-fault' | 'failing' | 'unknown';
  /** What services that ask it say of it. */
  readonly problems: readonly {
    readonly service: ServiceName;
    readonly text: string;
    readonly since?: string;
  }[];
}

/** What each installation has; the console always shows them. */
const needed = [
  'consent-register',
  'dezi',
  'address-book',
  'reference-index',
  'pseudonymisation',
  'authorisation-server',
] as const;

/** What not every installation asks: shown when somebody does. */
const optional = ['terminology', 'citizen-login', 'credential-issuers', 'transfer-peers'] as const;

export type OutsideName = (typeof needed)[number] | (typeof optional)[number];

export function outsideServicesOf(health: readonly ServiceHealth[]): OutsideService[] {
  const isMentioned = (name: OutsideName): boolean =>
    health.some(
      ({ outside, problems }) =>
        outside.some((one) => one.name === name) || problems.some((one) => one.outside === name),
    );
  return [...needed, ...optional.filter(isMentioned)].map((name) => {
    const problems = problemsOf(name, health);
    return { name, state: problems.length > 0 ? 'failing' : stateOf(name, health), problems };
  });
}

function problemsOf(name: OutsideName, health: readonly ServiceHealth[]): OutsideService['problems'] {
  return health.flatMap(({ service, problems }) =>
    problems
      .filter(({ outside }) => outside === name)
      .map(({ text, since }) => ({ service, text, ...(since === undefined ? {} : { since }) })),
  );
}

function stateOf(name: OutsideName, health: readonly ServiceHealth[]): OutsideService['state'] {
  const own = health.find(({ service }) => service === name)?.state ?? 'unreachable';
  if (own === 'not-ready') return 'failing';
  if (own === 'ready') return 'answers';
  const isAnswered = health.some(({ outside }) =>
    outside.some((one) => one.name === name && one.state === 'answers'),
  );
  return isAnswered ? 'no-fault' : 'unknown';
}
