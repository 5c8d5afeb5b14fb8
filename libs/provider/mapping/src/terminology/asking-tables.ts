import type { Coding } from '../fhir-types.js';
import type { Mapping } from '../mapping.js';
import { CodeTables } from '../tables/code-tables.js';
import type { BindingName, TableSet } from '../tables/table-set.js';
import { isCode } from './code-like.js';
import { keyOfQuestion, type TermQuestion, type TermSupplement } from './term-supplement.js';

/** Code tables that note which translations they were asked for and do not have: what a terminology server may know. */
export class AskingTables extends CodeTables {
  readonly #questions: Map<string, TermQuestion>;

  constructor(set: TableSet, supplement: TermSupplement, questions = new Map<string, TermQuestion>()) {
    super(set, supplement);
    this.#questions = questions;
  }

  static of({ version, tables }: Mapping): { readonly version: string; readonly tables: AskingTables } {
    return { version, tables: new AskingTables(tables.set, tables.supplement) };
  }

  /** Asked since it was last taken. What does not look like a code is never asked: it may be words about a person. */
  takeQuestions(): TermQuestion[] {
    const questions = [...this.#questions.values()];
    this.#questions.clear();
    return questions;
  }

  protected override withSet(set: TableSet): CodeTables {
    return new AskingTables(set, this.supplement, this.#questions);
  }

  override translate(binding: BindingName, coding: Coding): Coding | undefined {
    const found = super.translate(binding, coding);
    const { system, code } = coding;
    if (found !== undefined || system === undefined || code === undefined) return found;
    if (!isCode(system, code)) return undefined;
    const question = { binding, system, code };
    if (this.isAnswered(question)) return undefined;
    this.#questions.set(keyOfQuestion(question), question);
    return undefined;
  }
}
