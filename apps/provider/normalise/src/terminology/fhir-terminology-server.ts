import { findValue, readParameters, type Parameter } from './parameters.js';
import type { BoundQuestion, TermAnswer, Terminology } from './terminology.js';
import { translationsOf, type Candidate } from './translations-of.js';

/** Answers beyond this are not of these operations. */
const LARGEST_BYTES = 1_000_000;

/**
 * A FHIR R4 terminology server: `ConceptMap/$translate` finds what says the same, `ValueSet/$validate-code` says whether the
 * binding takes it, `CodeSystem/$lookup` how it is called. Codes are sent, never a word or a number of a patient.
 */
export class FhirTerminologyServer implements Terminology {
  constructor(
    private readonly base: string,
    private readonly timeoutMs: number,
  ) {}

  async translate(question: BoundQuestion): Promise<TermAnswer> {
    const { system, code } = question;
    const answer = await this.#ask('ConceptMap/$translate', { system, code });
    if (answer === 'unavailable') return { outcome: 'unavailable' };
    const candidates = answer === 'unknown' ? [] : translationsOf(answer, question);
    const [candidate] = candidates;
    // Several would be a choice, and a choice is an invention.
    if (candidate === undefined || candidates.length > 1) return { outcome: 'none' };
    const isMember = await this.#isMember(candidate, question.valueSet);
    if (isMember !== true) return { outcome: isMember === 'unavailable' ? 'unavailable' : 'none' };
    return { outcome: 'translated', target: await this.#named(candidate) };
  }

  /** A value set that the server does not know has no members that it could vouch for. */
  async #isMember({ system, code }: Candidate, url: string | undefined): Promise<boolean | 'unavailable'> {
    if (url === undefined) return true;
    const answer = await this.#ask('ValueSet/$validate-code', { url, system, code });
    if (answer === 'unavailable') return 'unavailable';
    return answer !== 'unknown' && findValue(answer, 'result') === true;
  }

  async #named(candidate: Candidate): Promise<Candidate> {
    if (candidate.display !== undefined) return candidate;
    const { system, code } = candidate;
    const answer = await this.#ask('CodeSystem/$lookup', { system, code });
    const display = typeof answer === 'string' ? undefined : findValue(answer, 'display');
    return typeof display === 'string' && display !== '' ? { ...candidate, display } : candidate;
  }

  /** `unknown`: the server says that there is no such thing (4xx); `unavailable`: it says nothing that can be used. */
  async #ask(
    operation: string,
    query: Readonly<Record<string, string>>,
  ): Promise<readonly Parameter[] | 'unknown' | 'unavailable'> {
    try {
      const response = await fetch(`${this.base}/${operation}?${new URLSearchParams(query).toString()}`, {
        headers: { accept: 'application/fhir+json' },
        signal: AbortSignal.timeout(this.timeoutMs),
        redirect: 'error',
      });
      const text = await response.text();
      if (response.status === 404 || response.status === 422 || response.status === 400) return 'unknown';
      if (!response.ok || text.length > LARGEST_BYTES) return 'unavailable';
      return readParameters(JSON.parse(text)) ?? 'unavailable';
    } catch {
      return 'unavailable';
    }
  }
}
