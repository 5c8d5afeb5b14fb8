// Reads the view of one patient as a professional and prints what an application would show.
//   node docs/guides/examples/read-view.mjs             (while `npm start` runs)
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProfessionalTokens, SamenhangClient } from '@samenhang/client';

const base = Number(process.env.SAMENHANG_PORT_BASE ?? 8600);
const dezi = `http://127.0.0.1:${base + 12}`;

// The Dezi emulator states that a fictional professional is signed in. A real application gets the statement at sign-in.
const professionals = await (await fetch(`${dezi}/professionals`)).json();
const doctor = professionals.find(({ roleCode }) => roleCode === '01.015') ?? professionals[0];
const deziStatement = async () => {
  const answer = await fetch(`${dezi}/professionals/${doctor.deziNumber}/statement`, { method: 'POST' });
  return (await answer.json()).verklaring;
};

const client = new SamenhangClient({
  baseUrl: `http://127.0.0.1:${base}`,
  tokens: new ProfessionalTokens({
    issuer: `http://127.0.0.1:${base + 1}`,
    clientId: 'demo',
    clientKey: JSON.parse(readFileSync(join(process.env.SECRETS_DIR, 'client-demo.json'), 'utf8')),
    organisation: doctor.subscriberNumber,
    purposeOfUse: 'TREAT',
    treatmentRelation: 'asserted',
    deziStatement,
  }),
});

const view = await client.patientView('900186021');
console.log(view.demographics?.name, view.demographics?.birthDate);
for (const { label, value, sources } of [...view.allergies, ...view.problems])
  console.log(' ', label, value ?? '', '–', sources.map(({ custodian }) => custodian).join(' and '));
for (const { custodian, status } of view.sources) console.log('source', custodian ?? '(not named)', status);
for (const { text } of view.missing) console.log('missing:', text);
