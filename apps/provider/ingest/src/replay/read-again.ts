import { Failure } from '@samenhang/errors';
import type { PatientKeyring } from '@samenhang/patient-identity';
import { fhirOrderingKey } from '../fhir/patient-of-resource.js';
import { readResource } from '../fhir/read-push.js';
import { readHl7 } from '../hl7v2/read-hl7.js';
import type { Source } from '../sources/source.js';
import type { OriginalMessage } from './original-message.js';

/**
 * The ordering key of a message. One that was refused at the door was never read to the end: that must succeed now.
 * @throws Failure('invalid') when it still cannot be read
 */
export function orderingKeyOf(original: OriginalMessage, source: Source, keyring: PatientKeyring): string {
  if (original.accepted) return original.orderingKey;
  if (original.format === 'hl7v2') {
    const { arrival } = readHl7(original.content, source, keyring, original.receivedAt);
    if (arrival.refusal === undefined) return arrival.orderingKey;
    const { code, text, location } = arrival.refusal;
    throw stillUnreadable([{ code: `hl7-${code}`, text, expression: location }]);
  }
  if (original.format === 'fhir-r4') {
    const [message] = readResource(parse(original.content), original.content.toString('utf8'));
    return fhirOrderingKey(message?.patient, source, keyring);
  }
  // Other formats are refused at the door for reasons that a later stage judges again: they keep the key they were given.
  return original.orderingKey;
}

function parse(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8')) as unknown;
  } catch {
    throw stillUnreadable([{ code: 'structure', text: 'The content is not valid JSON' }]);
  }
}

function stillUnreadable(issues: { code: string; text: string; expression?: string }[]): Failure {
  return new Failure('invalid', 'The message still cannot be read', { issues });
}
