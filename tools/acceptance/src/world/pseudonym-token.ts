import assert from 'node:assert/strict';
import {
  blind,
  derivePersonInput,
  encodeBase64Url,
  type GroupScalar,
  type PseudonymRecipient,
} from '@samenhang/oprf';
import { hospital } from './people.js';
import type { World } from './world.js';

export interface SealedPseudonym {
  /** As it went to the pseudonymisation service. */
  readonly blindedInput: string;
  readonly blindFactor: GroupScalar;
  /** The evaluation, sealed to the recipient. */
  readonly jwe: string;
}

/** Has a number evaluated for a recipient, as a care provider's system does. */
export async function sealPseudonym(
  world: World,
  bsn: string,
  recipient: PseudonymRecipient,
): Promise<SealedPseudonym> {
  const input = derivePersonInput({ landCode: 'NL', type: 'BSN', value: bsn }, recipient);
  const { blindFactor, blindedElement } = blind(input);
  const blindedInput = encodeBase64Url(blindedElement);
  const answer = await world.callAs('registrar', 'pseudonymisation', 'prs:evaluate', '/oprf/eval', {
    method: 'POST',
    organisation: hospital.ura,
    body: {
      recipientOrganization: recipient.organisation,
      recipientScope: recipient.scope,
      encryptedPersonalId: blindedInput,
    },
  });
  assert.equal(answer.status, 200, answer.text);
  return { blindedInput, blindFactor, jwe: (JSON.parse(answer.text) as { jwe: string }).jwe };
}
