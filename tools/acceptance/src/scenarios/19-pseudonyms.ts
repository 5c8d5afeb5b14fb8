import assert from 'node:assert/strict';
import {
  decodeElement,
  encodeBase64Url,
  referenceIndexRecipient,
  unblind,
  type PseudonymRecipient,
} from '@samenhang/oprf';
import { compactDecrypt, decodeJwt, importJWK, type JWK } from 'jose';
import { bundleOf, sourcesOf } from '../world/fhir.js';
import { furtherPatient, hospital, patientA, pharmacy, vos } from '../world/people.js';
import { sealPseudonym } from '../world/pseudonym-token.js';
import { vendorRecipient } from '../world/vendor-recipient.js';
import type { Scenario } from '../scenario.js';
import type { World } from '../world/world.js';

const bsn = furtherPatient(4);

export const pseudonyms: Scenario = {
  id: 19,
  title: 'Pseudonyms',
  async story({ given, when, then }, world) {
    await given('two holders registered the same person', async () => {
      const localisation = world.localisation();
      const registration = { bsn, category: 'Condition', sourceId: 'scenario-19' } as const;
      await localisation.register({ ...registration, custodian: hospital.ura });
      await localisation.register({ ...registration, custodian: pharmacy.ura });
    });
    await then('the index has one pseudonym for both', async () => {
      const rows = await world.installation.query<{ count: number; pseudonyms: number }>(
        `SELECT count(*)::int AS count, count(DISTINCT pseudonym_hash)::int AS pseudonyms
         FROM reference_index.registration WHERE source = 'scenario-19'`,
      );
      assert.deepEqual(rows, [{ count: 2, pseudonyms: 1 }]);
    });
    const indexKey = world.installation.secret<{ decryption: JWK }>('reference-index').decryption;
    const atIndex = await when('a pseudonym of A is made for the index', () =>
      evaluate(world, referenceIndexRecipient, indexKey),
    );
    const again = await when('it is made a second time', () =>
      evaluate(world, referenceIndexRecipient, indexKey),
    );
    await then('the blinded inputs differ, the pseudonym does not', () => {
      assert.notEqual(atIndex.blindedInput, again.blindedInput);
      assert.equal(atIndex.pseudonym, again.pseudonym);
    });
    const atVendor = await when('a pseudonym of A is made for another recipient', () =>
      evaluate(world, vendorRecipient, world.vendorKey),
    );
    await then('it cannot be linked to the one of the index', () =>
      assert.notEqual(atVendor.pseudonym, atIndex.pseudonym),
    );
    await when('the key of the pseudonymisation service is rotated', async () => {
      const path = '/administration/key-versions';
      const { organisation: recipientOrganization, scope: recipientScope } = referenceIndexRecipient;
      const answer = await world.callAs('operator', 'pseudonymisation', 'prs:admin', path, {
        method: 'POST',
        body: { recipientOrganization, recipientScope },
      });
      assert.ok(answer.status < 300, answer.text);
    });
    await then('the old registrations are still found', async () => {
      const found = sourcesOf(bundleOf(await world.view(vos, patientA)));
      assert.ok(found.has(hospital.ura) && found.has(pharmacy.ura), [...found.keys()].join());
    });
    const { token } = await world.viewToken(vos);
    assert.ok(token);
    const before = world.traffic.length;
    const refusal = await when('BSN 123456789 is asked about, which fails the eleven-test', () =>
      world.viewWith(token, '123456789'),
    );
    await then('the answer is 400, before any service is called', () => {
      assert.equal(refusal.status, 400, refusal.text);
      const asked = world.traffic
        .since(before)
        .filter(({ side, url }) => side === 'server' && /^\/(oprf|localize|tenants|fhir\/List)/.test(url));
      assert.deepEqual(asked, []);
    });
  },
};

async function evaluate(
  world: World,
  recipient: PseudonymRecipient,
  recipientKey: JWK,
): Promise<{ blindedInput: string; pseudonym: string }> {
  const { blindedInput, blindFactor, jwe } = await sealPseudonym(world, patientA, recipient);
  const key = await importJWK({ ...recipientKey, alg: 'RSA-OAEP-256' }, 'RSA-OAEP-256');
  const { plaintext } = await compactDecrypt(jwe, key);
  const { subject } = decodeJwt(Buffer.from(plaintext).toString()) as { subject: string };
  const element = decodeElement(Buffer.from(subject.replace(/^pseudonym:eval:/, ''), 'base64url'));
  return { blindedInput, pseudonym: encodeBase64Url(unblind(blindFactor, element)) };
}
