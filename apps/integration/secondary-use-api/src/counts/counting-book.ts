import { randomBytes } from 'node:crypto';
import type { Ura } from '@samenhang/data-model';
import {
  answerCount,
  cohortOf,
  defaultCountingPolicy,
  everyone,
  historyOf,
  type Cohort,
  type Condition,
  type CountingAnswer,
} from '@samenhang/disclosure';
import type { Transaction } from '@samenhang/event-log';
import { seal, unseal, type Sealed } from '@samenhang/persistence';
import { fingerprintOf } from './count-question.js';

const KEY_BYTES = 32;

interface PopulationRow {
  persons: string[];
  counting_key: Sealed;
}

interface AnswerRow {
  fingerprint: string;
  cohort: Buffer;
  answer: CountingAnswer;
}

/** What an organisation was told before, whatever the permit, decides what it is told now. */
export class CountingBook {
  private constructor(
    private readonly transaction: Transaction,
    private readonly requester: Ura,
    private readonly places: ReadonlyMap<string, number>,
    private readonly key: Buffer,
  ) {}

  /** One question of an organisation at a time. Undefined before its first. */
  static async open(
    transaction: Transaction,
    requester: Ura,
    sealing: Buffer,
  ): Promise<CountingBook | undefined> {
    await transaction.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `counting ${requester}`,
    ]);
    const [row] = await transaction.query<PopulationRow>(
      'SELECT persons, counting_key FROM counting_population WHERE requester = $1',
      [requester],
    );
    if (row === undefined) return undefined;
    const places = new Map(row.persons.map((person, place) => [person, place]));
    return new CountingBook(transaction, requester, places, unseal(row.counting_key, sealing, requester));
  }

  static async begin(
    transaction: Transaction,
    requester: Ura,
    persons: ReadonlySet<string>,
    sealing: Buffer,
  ): Promise<void> {
    await transaction.query(
      `INSERT INTO counting_population (requester, persons, counting_key) VALUES ($1, $2, $3)
       ON CONFLICT DO NOTHING`,
      [requester, [...persons].sort(), JSON.stringify(seal(randomBytes(KEY_BYTES), sealing, requester))],
    );
  }

  /** @param meeting for each condition who meets it, of the whole population */
  async answer(
    conditions: readonly Condition[],
    meeting: readonly ReadonlySet<string>[],
  ): Promise<CountingAnswer> {
    const size = this.places.size;
    const sets = meeting.map((persons) => this.#cohortOf(persons));
    const all = everyone(size);
    const cohort = sets.reduce(intersection, all);
    const without = sets.map((_, left) =>
      sets.filter((_, place) => place !== left).reduce(intersection, all),
    );
    const earlier = await this.#earlier();
    const fingerprint = fingerprintOf(conditions);
    const same = earlier.findLast((each) => each.fingerprint === fingerprint);
    // An answer that was given before stands only as long as it is about the same persons: who objects since is in no later one.
    if (same !== undefined && same.cohort.equals(bytesOf(cohort))) return same.answer;
    const known = earlier.map((each) => ({
      conditions: [{ dimension: 'earlier', value: each.fingerprint }],
      cohort: { populationSize: size, words: wordsOf(each.cohort) },
      answer: each.answer,
    }));
    const { answer } = answerCount(defaultCountingPolicy, this.key, historyOf(all, known), {
      conditions,
      cohort,
      without,
    });
    if (answer.kind !== 'refused') await this.#keep(earlier.length, fingerprint, cohort, answer);
    return answer;
  }

  #cohortOf(persons: ReadonlySet<string>): Cohort {
    const members = new Set([...persons].map((person) => this.places.get(person)));
    return cohortOf(this.places.size, (place) => members.has(place));
  }

  #earlier(): Promise<AnswerRow[]> {
    return this.transaction.query<AnswerRow>(
      'SELECT fingerprint, cohort, answer FROM counting_answer WHERE requester = $1 ORDER BY place',
      [this.requester],
    );
  }

  async #keep(place: number, fingerprint: string, cohort: Cohort, answer: CountingAnswer): Promise<void> {
    await this.transaction.query(
      'INSERT INTO counting_answer (requester, place, fingerprint, cohort, answer) VALUES ($1, $2, $3, $4, $5)',
      [this.requester, place, fingerprint, bytesOf(cohort), JSON.stringify(answer)],
    );
  }
}

function intersection(one: Cohort, other: Cohort): Cohort {
  return {
    populationSize: one.populationSize,
    words: one.words.map((word, index) => word & (other.words[index] ?? 0)),
  };
}

function bytesOf({ words }: Cohort): Buffer {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength);
}

function wordsOf(bytes: Buffer): Uint32Array {
  return new Uint32Array(new Uint8Array(bytes).buffer);
}
