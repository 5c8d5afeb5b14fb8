import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type StatusProblem } from '@samenhang/service-kit';
import { SourceRegistry } from '../sources/source-registry.js';
import { sourceKey } from '../sources/source.js';

const LOOK_EVERY_MS = 1_000;

/** What is wrong with sources, and since when: one that cannot be connected or read, one that was stopped. */
@Injectable()
export class SourceProblems implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #since = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly registry: SourceRegistry) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => this.list(), LOOK_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  list(): StatusProblem[] {
    const problems = this.registry.all().flatMap((source): StatusProblem[] => {
      const key = sourceKey(source);
      const { state, reason, pausedAt } = this.registry.describe(source);
      if (state === 'failing') {
        const since = this.#since.get(key) ?? new Date().toISOString();
        this.#since.set(key, since);
        return [{ code: codeOf(source.declaration.kind), text: reason ?? '', source: key, since }];
      }
      this.#since.delete(key);
      if (pausedAt === undefined) return [];
      return [
        {
          code: 'source-paused',
          text: 'Paused: no messages are taken',
          source: key,
          since: pausedAt.toISOString(),
        },
      ];
    });
    return problems;
  }
}

function codeOf(kind: string): string {
  return kind === 'mllp' ? 'listener-failed' : kind === 'fhir-pull' ? 'pull-failing' : 'source-failing';
}
