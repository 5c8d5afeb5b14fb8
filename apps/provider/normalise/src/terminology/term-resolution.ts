import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '@samenhang/event-log';
import {
  AskingTables,
  keyOfQuestion,
  type Mapping,
  type PinnedTranslation,
  type TermQuestion,
} from '@samenhang/mapping';
import { METRICS } from '@samenhang/service-kit';
import { Counter, type Registry } from 'prom-client';
import { NormaliseConfiguration } from '../normalise.configuration.js';
import { ActiveMapping } from '../tables/active-mapping.js';
import { pinTranslations } from './term-supplement-store.js';
import type { BoundQuestion, TermAnswer, Terminology } from './terminology.js';

/** What the terminology server is asked through; null without one. */
export const TERMINOLOGY = Symbol('TERMINOLOGY');

/** Asked at once. */
const AT_ONCE = 8;
/** Of one chunk; others are asked when they come again. */
const MOST_QUESTIONS = 200;

/** New answers: the mapping that has them, and which questions they answer. */
export interface Resolved {
  readonly mapping: Mapping;
  readonly answered: ReadonlySet<string>;
}

/**
 * Asks a terminology server for what the tables do not have, and pins what it answers: messages are mapped by a numbered state
 * of answers, which gives the same bytes whatever the server says later. Without a server, or an answer, the tables decide.
 */
@Injectable()
export class TermResolution {
  readonly #asking = new WeakMap<Mapping, Mapping & { readonly tables: AskingTables }>();
  readonly #questions: Counter<'outcome'>;

  constructor(
    @Inject(TERMINOLOGY) private readonly terminology: Terminology | null,
    @Inject(METRICS) metrics: Registry,
    private readonly configuration: NormaliseConfiguration,
    private readonly active: ActiveMapping,
  ) {
    this.#questions = new Counter({
      name: 'normalise_terminology_questions_total',
      help: 'Codes that satisfied no binding, by what the terminology server knew of them',
      labelNames: ['outcome'],
      registers: [metrics],
    });
  }

  /** The same mapping, noting what it would ask; undefined without a server. */
  asking(mapping: Mapping): (Mapping & { readonly tables: AskingTables }) | undefined {
    if (this.terminology === null) return undefined;
    const known = this.#asking.get(mapping) ?? AskingTables.of(mapping);
    this.#asking.set(mapping, known);
    return known;
  }

  /** Asks and pins, in the transaction of the chunk. Undefined when there is nothing new to map by. */
  async resolve(
    transaction: Transaction,
    mapping: Mapping,
    questions: readonly TermQuestion[],
  ): Promise<Resolved | undefined> {
    const distinct = [...new Map(questions.map((one) => [keyOfQuestion(one), one])).values()];
    const answers = await this.#ask(distinct.map((one) => boundBy(mapping, one)));
    const translated = answers.flatMap(([{ binding, system, code }, answer]) =>
      answer.outcome === 'translated' ? [{ binding, system, code, target: answer.target }] : [],
    );
    const usable = translated.filter(({ binding, target }) => mapping.tables.binds(binding, target.system));
    if (usable.length === 0) return undefined;
    const version = await pinTranslations(transaction, usable, this.configuration.terminologyServerUrl);
    return {
      mapping: await this.active.withTerms(transaction, mapping, version),
      answered: new Set(usable.map((one: PinnedTranslation) => keyOfQuestion(one))),
    };
  }

  async #ask(questions: readonly BoundQuestion[]): Promise<(readonly [BoundQuestion, TermAnswer])[]> {
    const answers: (readonly [BoundQuestion, TermAnswer])[] = [];
    const until = performance.now() + this.configuration.terminologyChunkMs;
    for (let start = 0; start < questions.length; start += AT_ONCE) {
      const isInTime = start < MOST_QUESTIONS && performance.now() < until;
      const asked = questions.slice(start, start + AT_ONCE).map(async (question) => {
        const answer = isInTime ? await this.#translate(question) : notAsked;
        this.#questions.inc({ outcome: answer === notAsked ? 'not-asked' : answer.outcome });
        return [question, answer] as const;
      });
      answers.push(...(await Promise.all(asked)));
    }
    return answers;
  }

  #translate(question: BoundQuestion): Promise<TermAnswer> {
    return this.terminology?.translate(question) ?? Promise.resolve(notAsked);
  }
}

function boundBy({ tables: { set } }: Mapping, question: TermQuestion): BoundQuestion {
  const systems = set.bindings[question.binding];
  const valueSet = set.terminology.valueSets[question.binding];
  return {
    ...question,
    systems: typeof systems === 'string' ? [] : (systems ?? []),
    ...(valueSet === undefined ? {} : { valueSet }),
  };
}

const notAsked: TermAnswer = { outcome: 'unavailable' };
