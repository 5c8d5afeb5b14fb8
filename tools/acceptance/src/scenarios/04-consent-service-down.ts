import assert from 'node:assert/strict';
import { eventually } from '../world/eventually.js';
import { hospital, patientA, vos } from '../world/people.js';
import { refused } from '../world/trail.js';
import { answerWith, silence, type Answer } from '../world/stand-in.js';
import type { Scenario } from '../scenario.js';

const SOAP = 'application/soap+xml';
/** Time-out of the question, and what the rest of the request may take beside it. */
const BUDGET_MS = 4_500;
const ASKED_UNTIL_OPEN = 12;

function envelope(content: string): string {
  return `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>${content}</s:Body></s:Envelope>`;
}

function decision(text: string): string {
  const xacml = 'urn:oasis:names:tc:xacml:3.0:core:schema:wd-17';
  return envelope(
    `<x:Response xmlns:x="${xacml}"><x:Result><x:Decision>${text}</x:Decision></x:Result></x:Response>`,
  );
}

const disturbances: readonly (readonly [string, Answer])[] = [
  ['does not answer', silence],
  ['answers 500', answerWith(500, 'text/plain', 'broken')],
  [
    'answers with a SOAP fault',
    answerWith(
      200,
      SOAP,
      envelope(
        '<s:Fault xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Code><s:Value>s:Receiver</s:Value></s:Code></s:Fault>',
      ),
    ),
  ],
  ['answers Indeterminate', answerWith(200, SOAP, decision('Indeterminate'))],
  ['answers an empty Decision', answerWith(200, SOAP, decision(''))],
];

export const consentServiceDown: Scenario = {
  id: 4,
  title: 'Consent service down',
  async story({ given, when, then }, world) {
    await given('Mitz permitted just now', async () => {
      assert.equal((await world.findPatient(vos, hospital, patientA)).status, 200);
    });
    const port = Number(new URL(world.urlOf('consent-register')).port);
    await world.installation.stop('consent-register');
    for (const [what, answer] of disturbances) {
      const standIn = await given(`then Mitz ${what}`, () => world.standIn(port, answer));
      const token = (await world.holderToken(vos, hospital)).token;
      assert.ok(token);
      const started = performance.now();
      const refusal = await when('Dr. Vos asks hospital Noord', () =>
        world.askHolderWith(token, hospital, {
          method: 'POST',
          path: 'Patient/_search',
          form: [['identifier', `http://fhir.nl/fhir/NamingSystem/bsn|${patientA}`]],
        }),
      );
      await then('the answer is no, in time, and no permit of before is used', () => {
        assert.ok([403, 503].includes(refusal.status), `${refusal.status} ${refusal.text}`);
        assert.ok(performance.now() - started < BUDGET_MS, 'It took longer than the budget');
      });
      await standIn.close();
    }
    await given('Mitz stays away', () => world.standIn(port, answerWith(500, 'text/plain', 'broken')));
    const last = await when('it is asked time and again', async () => {
      let answer = await world.findPatient(vos, hospital, patientA);
      for (let asked = 1; asked < ASKED_UNTIL_OPEN; asked += 1)
        answer = await world.findPatient(vos, hospital, patientA);
      return answer;
    });
    await then('the refusal says to try again later, and why is mitz_unreachable', async () => {
      assert.equal(last.status, 503, last.text);
      assert.notEqual(last.headers.get('retry-after'), null);
      await world.settle().catch(() => {});
      const latest = (await world.auditTrail(hospital.ura)).find(({ outcome }) => outcome === refused);
      assert.match(String(latest?.['outcomeDesc']), /mitz_unreachable|consent_unreachable/);
    });
    await then('the circuit is open, and the health page of the record shows it', async () => {
      const pages = await Promise.all(
        ['/status', '/health', '/health/ready'].map(async (path) =>
          (await fetch(`${world.urlOf('record')}${path}`)).text(),
        ),
      );
      assert.match(pages.join('\n'), /consent[^\n]*(open|circuit)|(open|circuit)[^\n]*consent/i);
    });
    await world.restore();
    await then('when Mitz is back the answer is yes again', async () => {
      await eventually(async () => {
        const { status } = await world.findPatient(vos, hospital, patientA);
        assert.equal(status, 200);
      }, 40_000);
    });
  },
};
