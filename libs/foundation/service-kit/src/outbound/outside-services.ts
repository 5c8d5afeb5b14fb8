import type { StatusProblem } from '../tokens.js';

/** How a service outside is, as far as this process noticed when it last asked. Nothing of what was asked or answered. */
export interface OutsideState {
  readonly name: string;
  /** `unknown`: it was asked, too few times to say. */
  readonly state: 'answers' | 'failing' | 'unknown';
  /** ISO 8601. */
  readonly lastAnswer?: string;
  /** First of the failures in a row, ISO 8601. */
  readonly failingSince?: string;
  /** `ECONNREFUSED`, `timeout`, `status 503` … */
  readonly reason?: string;
}

/** So many requests in a row without an answer are no hiccup. */
const FAILURES = 3;
/** A server that was not asked for so long is no longer counted among the others. */
const LATELY_MS = 3_600_000;
const MOST_OTHERS = 500;

interface Course {
  lastAnswer?: number;
  failingSince?: number;
  reason?: string;
  failures: number;
  asked: number;
}

interface Known extends Course {
  readonly name: string;
  readonly path: string;
}

/**
 * The services that this one asks over HTTP, and how each did. Told of every outgoing request of the process
 * (`watchOutgoingRequests`), so that no client needs to report.
 */
export class OutsideServices {
  readonly #known = new Map<string, Known[]>();
  readonly #others = new Map<string, Course>();
  #nameOfOthers: string | undefined;

  constructor(private readonly now: () => number = Date.now) {}

  /** Requests below this address count for the service of this name; a name may have several addresses. */
  watch(name: string, base: string): void {
    if (!URL.canParse(base)) return;
    const { origin, pathname } = new URL(base);
    const path = pathname.replace(/\/+$/, '');
    const there = this.#known.get(origin) ?? [];
    if (there.some((one) => one.name === name && one.path === path)) return;
    there.push({ name, path, failures: 0, asked: 0 });
    this.#known.set(origin, there);
  }

  /** Servers without a name of their own are counted under this one, and nothing else is said of them. */
  countOthers(name: string): void {
    this.#nameOfOthers = name;
  }

  answered(origin: string, path: string): void {
    for (const course of this.#coursesOf(origin, path)) {
      course.lastAnswer = this.now();
      course.failures = 0;
      delete course.failingSince;
      delete course.reason;
    }
  }

  failed(origin: string, path: string, reason: string): void {
    for (const course of this.#coursesOf(origin, path)) {
      course.failures += 1;
      course.failingSince ??= this.now();
      course.reason = reason;
    }
  }

  /** Each service that was asked, by name. */
  list(): OutsideState[] {
    const asked = [...this.#known.values()].flat().filter((one) => one.asked > 0);
    const byName = Map.groupBy(asked, ({ name }) => name);
    return [...byName].map(([name, courses]) => stateOf(name, courses));
  }

  problems(): StatusProblem[] {
    const named = this.list().flatMap(({ name, state, reason, failingSince }): StatusProblem[] =>
      state === 'failing' && failingSince !== undefined
        ? [problemOf(name, `The ${name} does not answer: ${reason ?? 'unknown'}`, failingSince)]
        : [],
    );
    return [...named, ...this.#problemOfOthers()];
  }

  #problemOfOthers(): StatusProblem[] {
    const name = this.#nameOfOthers;
    const lately = [...this.#others.values()].filter(({ asked }) => this.now() - asked < LATELY_MS);
    const since = lately.filter(isFailing).map(({ failingSince }) => failingSince ?? this.now());
    if (name === undefined || since.length === 0) return [];
    const text = `${String(since.length)} of ${String(lately.length)} servers asked in the last hour do not answer`;
    return [problemOf(name, text, isoOf(Math.min(...since)))];
  }

  /** Those with the longest path that holds this one: several when services share an address. */
  #coursesOf(origin: string, path: string): Course[] {
    const below = (this.#known.get(origin) ?? []).filter((one) => holds(one.path, path));
    const longest = Math.max(...below.map((one) => one.path.length));
    const courses: Course[] = below.filter((one) => one.path.length === longest);
    if (courses.length === 0 && this.#nameOfOthers !== undefined) courses.push(this.#otherAt(origin));
    for (const course of courses) course.asked = this.now();
    return courses;
  }

  #otherAt(origin: string): Course {
    const course = this.#others.get(origin) ?? { failures: 0, asked: 0 };
    this.#others.delete(origin);
    this.#others.set(origin, course);
    const [oldest] = this.#others.keys();
    if (this.#others.size > MOST_OTHERS && oldest !== undefined) this.#others.delete(oldest);
    return course;
  }
}

function holds(base: string, path: string): boolean {
  return path === base || path.startsWith(`${base}/`) || path.startsWith(`${base}?`);
}

function isFailing({ failures }: Course): boolean {
  return failures >= FAILURES;
}

function stateOf(name: string, courses: readonly Course[]): OutsideState {
  const [failing] = courses
    .filter(isFailing)
    .sort((one, other) => (one.failingSince ?? 0) - (other.failingSince ?? 0));
  const answers = courses.flatMap(({ lastAnswer }) => lastAnswer ?? []);
  const lastAnswer = answers.length === 0 ? {} : { lastAnswer: isoOf(Math.max(...answers)) };
  if (failing === undefined)
    return { name, state: answers.length === 0 ? 'unknown' : 'answers', ...lastAnswer };
  const { failingSince, reason } = failing;
  return {
    name,
    state: 'failing',
    ...lastAnswer,
    ...(failingSince === undefined ? {} : { failingSince: isoOf(failingSince) }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function problemOf(outside: string, text: string, since: string): StatusProblem {
  return { code: 'outside-failing', text, outside, since };
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}
