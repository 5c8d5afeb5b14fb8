import type { JWK } from 'jose';
import { Clock } from './clock.js';
import { Dossier } from './fixtures.js';
import { Installation } from './installation.js';
import { hospital, nursingHome, patientA, patientB, patientC, pharmacy, providers } from './people.js';
import { addVendorRecipient } from './vendor-recipient.js';
import { Traffic } from './traffic.js';
import { World } from './world.js';

/** When the scenarios begin; the first is about ten o'clock sharp. */
const BEGIN = '2026-12-01T09:40:00Z';

/** Starts the installation with the fixtures of the scenarios: four care providers, three patients, their consents. */
export async function openWorld(portBase: number, say: (line: string) => void): Promise<World> {
  const clock = new Clock();
  clock.install();
  clock.set(BEGIN);
  const traffic = new Traffic();
  traffic.listen();
  let vendorKey: JWK = {};
  const installation = await Installation.start({
    portBase,
    say,
    prepareSecrets: async (directory) => {
      vendorKey = await addVendorRecipient(directory);
    },
  });
  try {
    const world = new World(installation, traffic, clock, vendorKey);
    say('Entering care providers, sources, consents and data …');
    await furnish(world);
    return world;
  } catch (error) {
    await installation.close();
    throw error;
  }
}

async function furnish(world: World): Promise<void> {
  for (const provider of providers) await world.addressBook.enterAtRecord(provider);
  await world.declareSources();
  await world.consent.permitEverywhere(patientA, patientB, patientC);
  await world.deliver(
    new Dossier(hospital, patientA, 'a').condition().allergy(),
    new Dossier(pharmacy, patientA, 'a').medication(),
    new Dossier(hospital, patientB, 'b').condition('38341003', 'Hypertensive disorder').laboratory(),
    new Dossier(pharmacy, patientB, 'b').medication(),
    new Dossier(nursingHome, patientB, 'b').condition('52448006', 'Dementia'),
  );
}
