import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  demoPeople,
  freePortBase,
  runDemo,
  spawnInstallation,
  startGpServer,
  startNursingHome,
  demoPassword,
  startDemoCitizen,
  startDemoConsole,
  startDemoDeveloperPortal,
  startDemoResearchPortal,
  startDemoStaffLogin,
  startDemoViewer,
  urlOf,
  type RunningPart,
  type SurroundingsOptions,
} from '@samenhang/demo';

/** An installation with the data of the demonstration and every portal before it. */
export interface Portals {
  readonly options: SurroundingsOptions;
  readonly viewerUrl: string;
  readonly consoleUrl: string;
  readonly citizenUrl: string;
  readonly researchUrl: string;
  readonly developerUrl: string;
  readonly authorisationServerUrl: string;
  /** Of the accounts of portals that have them. */
  readonly password: string;
  /** The FHIR server of a source that is already connected. */
  readonly gpFhirUrl: string;
  readonly people: ReturnType<typeof demoPeople>;
  /** Stops every service of the platform; the portals stay up. */
  stopPlatform(): Promise<void>;
  /** The portal of citizens begins anew; it may ask the nursing home too, which gives citizens nothing. */
  readonly citizen: { restart(change?: { readonly isNursingHomeAsked: boolean }): Promise<void> };
  readonly nursingHome: { stop(): Promise<void>; start(): Promise<void> };
  close(): Promise<void>;
}

export async function startPortals(): Promise<Portals> {
  const dataDirectory = mkdtempSync('/var/tmp/samenhang-e2e-');
  chmodSync(dataDirectory, 0o711);
  const options: SurroundingsOptions = {
    portBase: await freePortBase(),
    dataDirectory,
    secretsDirectory: join(dataDirectory, 'secrets'),
    people: 8,
    say: () => {},
  };
  const installation = await spawnInstallation({
    portBase: options.portBase,
    dataDirectory,
    // What runs beside the journeys on the same machine must not make a source late.
    environment: { SOURCE_DEADLINE_MS: '30000' },
  });
  const parts: RunningPart[] = [
    await startGpServer(options),
    await startDemoViewer(options),
    await startDemoStaffLogin(options),
    await startDemoConsole(options),
    await startDemoResearchPortal(options),
    await startDemoDeveloperPortal(options),
  ];
  let citizen = await startDemoCitizen(options);
  let nursingHome: RunningPart | undefined = await startNursingHome(options);
  await runDemo(options);
  return {
    options,
    viewerUrl: urlOf(options, 'viewer'),
    consoleUrl: urlOf(options, 'console'),
    citizenUrl: urlOf(options, 'citizen'),
    researchUrl: urlOf(options, 'research-portal'),
    developerUrl: urlOf(options, 'developer-portal'),
    authorisationServerUrl: urlOf(options, 'authorisation-server'),
    password: demoPassword(options),
    gpFhirUrl: `${urlOf(options, 'fhir-source-gp')}/fhir`,
    people: demoPeople(options.people),
    stopPlatform: () => installation.stop(),
    citizen: {
      restart: async ({ isNursingHomeAsked } = { isNursingHomeAsked: false }) => {
        await citizen.close();
        citizen = await startDemoCitizen(options, isNursingHomeAsked);
      },
    },
    nursingHome: {
      stop: async () => {
        await nursingHome?.close();
        nursingHome = undefined;
      },
      start: async () => {
        nursingHome ??= await startNursingHome(options);
      },
    },
    close: async () => {
      await nursingHome?.close();
      await citizen.close();
      for (const part of parts.reverse()) await part.close();
      await installation.stop();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}
