import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { VerifiedIdentity } from './verified-identity.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const ALGORITHM = 'aes-256-gcm';
/** HL7 v3 PurposeOfUse: the patient asks. */
export const PATIENT_REQUEST = 'PATRQT';
const BOUND = Buffer.from('samenhang patient binding');

/** The secret `patient-binding.json`: shared by the authorisation server and the services that hold patient data. */
export interface PatientBindingSecret {
  /** 256 bits, base64. */
  readonly key: string;
}

/**
 * The one patient a token is for (`patient_enrollment_identifier`), sealed: whoever reads or logs a token learns
 * nothing of it, and two tokens for one patient cannot be told to belong together. What is sealed is passed on unread.
 */
export class PatientBinding {
  readonly #key: Buffer;

  constructor(secret: PatientBindingSecret) {
    this.#key = Buffer.from(secret.key, 'base64');
    if (this.#key.length !== KEY_BYTES) throw new RangeError('The patient binding key is not of 256 bits');
  }

  seal(identifier: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce).setAAD(BOUND);
    const content = Buffer.concat([cipher.update(identifier, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), content]).toString('base64url');
  }

  /** Undefined when it was not sealed with this key: nobody, then, is the patient it is for. */
  open(sealed: string): string | undefined {
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined;
    try {
      const decipher = createDecipheriv(ALGORITHM, this.#key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(BOUND)
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const content = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
      return Buffer.concat([content, decipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }
}

/** A binding as it is written: `<system>|<value>`. */
export function toBindingText({
  system,
  value,
}: {
  readonly system: string;
  readonly value: string;
}): string {
  return `${system}|${value}`;
}

/**
 * Whether a token may be used for this patient: undefined when it is bound to none. The key is asked for only when there
 * is something to open.
 */
export function matchesPatient(
  sealed: string | undefined,
  patient: { readonly system: string; readonly value: string } | undefined,
  binding: () => PatientBinding,
): boolean | undefined {
  if (sealed === undefined) return undefined;
  return patient !== undefined && binding().open(sealed) === toBindingText(patient);
}

/** Who asks for what is their own, by a token that is for nobody else. */
export function findOwnPatient(
  { purposeOfUse, patientBinding }: Pick<VerifiedIdentity, 'purposeOfUse' | 'patientBinding'>,
  binding: () => Pick<PatientBinding, 'open'>,
): { readonly system: string; readonly value: string } | undefined {
  if (purposeOfUse !== PATIENT_REQUEST || patientBinding === undefined) return undefined;
  const [system, value, ...rest] = binding().open(patientBinding)?.split('|') ?? [];
  return system === undefined || value === undefined || rest.length > 0 ? undefined : { system, value };
}
