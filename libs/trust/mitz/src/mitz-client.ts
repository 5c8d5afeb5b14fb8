import type { Ura } from '@samenhang/data-model';
import type { ConsentAnswer, ConsentQuestion, ConsentReason, ConsentRegister } from '@samenhang/consent';
import { readClosedAnswer, type ClosedDecision } from './closed-answer.js';
import { writeClosedQuestion } from './closed-question.js';
import { questionPath, soapMediaType, toConsentCategory } from './vocabulary.js';

const TIMEOUT_MS = 3_000;
const MAXIMUM_ANSWER_BYTES = 256 * 1024;

export interface MitzClientOptions {
  /** Base URL of the register; the question goes to `/geslotenautorisatievraag/xacml3` below it. */
  readonly baseUrl: string;
  /**
   * Sends the request; authentication is the caller's: a token on behalf of the holder here, mutual TLS at the national
   * register.
   */
  readonly send: (url: string, request: MitzRequest, holder: Ura) => Promise<MitzResponse>;
  readonly timeoutMs?: number;
}

export interface MitzRequest {
  readonly method: 'POST';
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** As much of a response as is looked at: that of `fetch` has it, and so has a lighter one. */
export interface MitzResponse {
  readonly status: number;
  readonly body: AsyncIterable<unknown> | null;
}

const reasonOf: Readonly<Record<ClosedDecision, ConsentReason>> = {
  Permit: 'permit',
  Deny: 'deny',
  NotApplicable: 'not-applicable',
  Indeterminate: 'indeterminate',
};

/**
 * The closed question of Mitz, the national consent register; asked by the data holder. Only a Permit permits. Whatever
 * goes wrong is a no whose reason tells whether asking again can help. Requests and answers hold the patient's number and
 * are neither logged nor quoted in an error.
 */
export class MitzClient implements ConsentRegister {
  readonly #address: string;

  constructor(private readonly options: MitzClientOptions) {
    this.#address = `${options.baseUrl.replace(/\/+$/, '')}${questionPath}`;
  }

  async ask(question: ConsentQuestion): Promise<ConsentAnswer> {
    const text = await this.#exchange(question);
    if (text === undefined) return { permit: false, reason: 'unreachable' };
    try {
      const reason = reasonOf[readClosedAnswer(text)];
      return { permit: reason === 'permit', reason };
    } catch {
      return { permit: false, reason: 'malformed' };
    }
  }

  /** The text of a successful answer; undefined for a timeout, a refused connection, an HTTP error or a SOAP fault. */
  async #exchange(question: ConsentQuestion): Promise<string | undefined> {
    const request: MitzRequest = {
      method: 'POST',
      headers: { 'content-type': soapMediaType, accept: 'application/soap+xml' },
      body: this.#write(question),
      signal: AbortSignal.timeout(this.options.timeoutMs ?? TIMEOUT_MS),
    };
    try {
      const response = await withDeadline(
        this.options.send(this.#address, request, question.holder.ura),
        request.signal,
      );
      if (response.status >= 200 && response.status < 300) return await readText(response);
      await discardBody(response);
      return undefined;
    } catch {
      return undefined;
    }
  }

  #write(question: ConsentQuestion): string {
    const wire = {
      patient: question.patient,
      holder: question.holder.ura,
      holderType: question.holder.facilityType,
      category: toConsentCategory(question.category),
      role: question.professional.roleCode,
      professional: question.professional.id,
      requester: question.requester.ura,
      requesterType: question.requester.facilityType,
      purpose: question.purposeOfUse,
      ...(question.delegate === undefined ? {} : { mandated: question.delegate.id }),
    };
    return writeClosedQuestion(wire, this.#address);
  }
}

/** Fetching a token is part of `send` and may ignore the signal; the budget holds all the same. */
async function withDeadline<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let expire: () => void = () => {};
  const expired = new Promise<never>((_resolve, reject) => {
    expire = () => reject(new Error('The register did not answer in time'));
    signal.addEventListener('abort', expire, { once: true });
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    signal.removeEventListener('abort', expire);
  }
}

/** Lets go of what is not read. */
export async function discardBody({ body }: MitzResponse): Promise<void> {
  for await (const _chunk of body ?? []) break;
}

async function readText(response: MitzResponse): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += (chunk as Uint8Array).byteLength;
    if (size > MAXIMUM_ANSWER_BYTES) return '';
    text += decoder.decode(chunk as Uint8Array, { stream: true });
  }
  return text + decoder.decode();
}
