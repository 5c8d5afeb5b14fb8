import {
  blind,
  decodeBase64,
  decodeElement,
  decodeScalar,
  derivePersonInput,
  elementOf,
  encodeBase64Url,
  evaluate,
  OprfError,
  randomScalar,
  referenceIndexRecipient,
  unblind,
  type GroupElement,
  type GroupScalar,
} from '@samenhang/oprf';
import { passesElevenTest } from '@samenhang/patient-identity';
import { readNumber } from '../patients/read-bsn.js';
import { usage } from '../terminal/command-failure.js';
import type { Terminal } from '../terminal/terminal.js';

export interface BlindOptions {
  readonly bsn?: string;
  readonly input?: string;
  readonly organisation?: string;
  readonly scope?: string;
  readonly factor?: string;
}

export interface EvaluateOptions {
  readonly key: string;
  readonly element: string;
}

export interface UnblindOptions {
  readonly factor: string;
  readonly element: string;
}

/** The sender's step: from a person, or an input of the reader's own, to what the pseudonymisation service gets. */
export async function blindByHand(options: BlindOptions, terminal: Terminal): Promise<number> {
  const input = await readInput(options, terminal);
  const factor = options.factor === undefined ? randomScalar() : readScalar(options.factor, '--factor');
  const { blindFactor, blindedElement } = blind(input, factor);
  return print(terminal, { input, element: elementOf(input), blindFactor, blindedElement });
}

/** The service's step. */
export function evaluateByHand({ key, element }: EvaluateOptions, terminal: Terminal): number {
  const evaluatedElement = evaluate(readScalar(key, '--key'), readElement(element));
  return print(terminal, { evaluatedElement });
}

/** The recipient's step: the unblinded element is the pseudonym. */
export function unblindByHand({ factor, element }: UnblindOptions, terminal: Terminal): number {
  return print(terminal, { pseudonym: unblind(readScalar(factor, '--factor'), readElement(element)) });
}

async function readInput(options: BlindOptions, terminal: Terminal): Promise<Uint8Array> {
  if ((options.bsn === undefined) === (options.input === undefined))
    throw usage('Give either --bsn or --input');
  if (options.bsn === undefined) return readBytes(options.input ?? '', '--input');
  const value = await readPersonNumber(options.bsn, terminal);
  const { organisation = referenceIndexRecipient.organisation, scope = referenceIndexRecipient.scope } =
    options;
  return derivePersonInput({ landCode: 'NL', type: 'BSN', value }, { organisation, scope });
}

/** Published vectors hold numbers that no person can have: they are computed, and said to be such. */
async function readPersonNumber(option: string, terminal: Terminal): Promise<string> {
  const number = await readNumber(option, terminal);
  if (!/^\d{9}$/.test(number)) throw usage('--bsn must have nine digits');
  if (!passesElevenTest(number)) terminal.note('--bsn fails the eleven-test: no service takes this number');
  return number;
}

function readScalar(text: string, name: string): GroupScalar {
  return accepted(name, () => decodeScalar(readBytes(text, name)));
}

function readElement(text: string): GroupElement {
  return accepted('--element', () => decodeElement(readBytes(text, '--element')));
}

/** Hexadecimal as in RFC 9497 and the vectors, or base64 and base64url as on the wire. */
function readBytes(text: string, name: string): Uint8Array {
  if (/^([0-9a-f]{2})+$/i.test(text)) return new Uint8Array(Buffer.from(text, 'hex'));
  return accepted(name, () => decodeBase64(text));
}

function accepted<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    // The value itself is not repeated: it may be a key.
    if (error instanceof OprfError) throw usage(`${name}: ${error.message}`);
    throw error;
  }
}

function print(terminal: Terminal, values: Readonly<Record<string, Uint8Array>>): number {
  const shown = Object.entries(values).map(([name, bytes]) => [
    name,
    { hex: Buffer.from(bytes).toString('hex'), base64url: encodeBase64Url(bytes) },
  ]);
  terminal.print(JSON.stringify(Object.fromEntries(shown), null, 2));
  return 0;
}
