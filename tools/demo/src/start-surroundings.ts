import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getUra, type FhirResource } from '@samenhang/data-model';
import { fhirSourceService, guardedFhirSourceService } from '@samenhang/fhir-source';
import { operators, startConsole, type Operator } from '@samenhang/console';
import { developers, startDeveloperPortal } from '@samenhang/developer-portal';
import { AccessTokens } from '@samenhang/identity';
import { startCitizen, startViewer } from '@samenhang/node';
import { hashPassword } from '@samenhang/portal-server';
import { researchers, startResearchPortal, type ResearchRole } from '@samenhang/research-portal';
import { portOffsets, runService, type Variables } from '@samenhang/service-kit';
import type { JWK } from 'jose';
import { demoPassword } from './demo-password.js';
import { gpResources } from './gp-resources.js';
import { nursingHomeResources } from './nursing-home-resources.js';
import { demoPeople } from './people.js';
import { demoProviders, gpZonneweg, hospitalNoord, nursingHomeDeLinde, pharmacyDeBrug } from './providers.js';
import { GENERAL_PRACTITIONER } from './query-view.js';
import { signInByStaffLogin, startDemoStaffLogin } from './staff.js';
import { urlOf, type Surroundings } from './surroundings.js';

export interface SurroundingsOptions extends Surroundings {
  /** How many fictional persons. */
  readonly people: number;
}

export interface RunningPart {
  close(): Promise<void>;
}

/**
 * What stands outside the platform in the demonstration: the GP's FHIR server, the nursing home's own endpoint, and
 * the viewer, an application of somebody else.
 * @returns how to stop them all
 */
export async function startSurroundings(options: SurroundingsOptions): Promise<() => Promise<void>> {
  const parts = [
    await startGpServer(options),
    await startNursingHome(options),
    await startDemoViewer(options),
    await startDemoStaffLogin(options),
    await startDemoConsole(options),
    await startDemoCitizen(options),
    await startDemoResearchPortal(options),
    await startDemoDeveloperPortal(options),
  ];
  options.say("The GP's FHIR server, the nursing home's endpoint, the viewer and the console are up");
  return async () => {
    for (const part of parts.reverse()) await part.close();
  };
}

/** The FHIR server of GP practice Zonneweg, inside its own walls: open, and pulled from by its node. */
export function startGpServer(options: SurroundingsOptions): Promise<RunningPart> {
  const file = writeResources(options, 'gp', gpResources(demoPeople(options.people)));
  const variables = { ...commonVariables(options, 'fhir-source-gp'), FHIR_SOURCE_FILE: file };
  return runService(fhirSourceService, variables);
}

/** The endpoint of nursing home De Linde: guards its data itself and registers it at the reference index. */
export function startNursingHome(options: SurroundingsOptions): Promise<RunningPart> {
  const file = writeResources(options, 'nursing-home', nursingHomeResources(demoPeople(options.people)));
  return runService(guardedFhirSourceService, {
    ...commonVariables(options, 'fhir-source-nursing-home'),
    PUBLIC_URL: urlOf(options, 'fhir-source-nursing-home'),
    DATABASE_URL: databaseUrlOf(options, 'fhir-source', 'fhir_source'),
    FHIR_SOURCE_FILE: file,
    CUSTODIAN_URA: nursingHomeDeLinde.ura,
    CUSTODIAN_FACILITY_TYPE: nursingHomeDeLinde.type,
  });
}

/** The example application. */
export function startDemoViewer(options: SurroundingsOptions): Promise<RunningPart> {
  return startViewer({
    port: options.portBase + portOffsets.viewer,
    queryApiUrl: urlOf(options, 'query-api'),
    authorisationServerUrl: urlOf(options, 'authorisation-server'),
    deziUrl: urlOf(options, 'dezi'),
    clientId: 'demo',
    clientKey: readSecret<JWK>(options, 'client-demo'),
  });
}

/**
 * The console, with an account at each care provider and one for a region, beside the login of the organisations; all have the
 * password that `demoPassword` gives.
 */
export function startDemoConsole(options: SurroundingsOptions): Promise<RunningPart> {
  const salt = randomBytes(16);
  const password = hashPassword(demoPassword(options), salt);
  const account = (login: string, organisations: Operator['organisations']) => ({
    name: 'Beheerder',
    login,
    organisations,
    password,
  });
  return startConsole({
    port: options.portBase + portOffsets.console,
    signIn: {
      ...signInByStaffLogin(options, 'console', operators),
      accounts: [
        ...demoProviders.map(({ ura, name }) => account(ura, [{ ura, name }])),
        account('regio', [hospitalNoord, gpZonneweg, pharmacyDeBrug]),
      ],
    },
    tokens: new AccessTokens({
      issuer: urlOf(options, 'authorisation-server'),
      clientId: 'console',
      clientKey: readSecret<JWK>(options, 'client-console'),
    }),
    urlOf: (service) => urlOf(options, service),
    // A demonstration lasts minutes: its charts have something to show soon.
    lookEveryMs: 5_000,
  });
}

/** Organisations that take part in research, each with somebody in one role: who applies neither decides nor checks. */
const researchAccounts: readonly {
  role: ResearchRole;
  login: string;
  ura: string;
  organisationName: string;
}[] = [
  { role: 'researcher', login: 'onderzoeker', ura: '90000003', organisationName: 'Onderzoeksinstituut' },
  { role: 'assessor', login: 'beoordelaar', ura: '90000004', organisationName: 'Toegangsinstantie' },
  { role: 'checker', login: 'controleur', ura: '90000005', organisationName: 'Verwerkingsomgeving' },
];

/** The portal for research, with an account in each role; all have the password that `demoPassword` gives. */
export function startDemoResearchPortal(options: SurroundingsOptions): Promise<RunningPart> {
  const password = hashPassword(demoPassword(options), randomBytes(16));
  return startResearchPortal({
    port: options.portBase + portOffsets['research-portal'],
    signIn: {
      ...signInByStaffLogin(options, 'research-portal', researchers),
      accounts: researchAccounts.map(({ role, login, ura, organisationName }) => ({
        name: login,
        login,
        organisation: getUra(ura),
        organisationName,
        roles: [role],
        password,
      })),
    },
    tokens: new AccessTokens({
      issuer: urlOf(options, 'authorisation-server'),
      clientId: 'research-portal',
      clientKey: readSecret<JWK>(options, 'client-research-portal'),
    }),
    urlOf: (service) => urlOf(options, service),
  });
}

/**
 * The portal of citizens. The nursing home's own server gives citizens nothing, so that it is not among them.
 * @param isNursingHomeAsked whether it is asked nonetheless, for a test
 */
export function startDemoCitizen(
  options: SurroundingsOptions,
  isNursingHomeAsked = false,
): Promise<RunningPart> {
  return startCitizen({
    port: options.portBase + portOffsets.citizen,
    publicUrl: urlOf(options, 'citizen'),
    authorisationServerUrl: urlOf(options, 'authorisation-server'),
    consentRegisterUrl: urlOf(options, 'consent-register'),
    auditUrl: urlOf(options, 'audit'),
    queryApiUrl: urlOf(options, 'query-api'),
    clientId: 'citizen',
    clientKey: readSecret<JWK>(options, 'client-citizen'),
    careProviders: demoProviders
      .filter(({ holder }) => holder === 'record' || isNursingHomeAsked)
      .map(({ ura, name, holder }) => {
        const base = urlOf(options, holder);
        return { ura, name, fhirUrl: holder === 'record' ? `${base}/tenants/${ura}/fhir` : `${base}/fhir` };
      }),
  });
}

/** The portal for developers, with an account that tries things as general practitioner Vos of the demonstration. */
export function startDemoDeveloperPortal(options: SurroundingsOptions): Promise<RunningPart> {
  return startDeveloperPortal({
    port: options.portBase + portOffsets['developer-portal'],
    signIn: {
      ...signInByStaffLogin(options, 'developer-portal', developers),
      accounts: [
        {
          name: 'Ontwikkelaar',
          login: 'ontwikkelaar',
          organisation: gpZonneweg.ura,
          deziNumber: GENERAL_PRACTITIONER,
          password: hashPassword(demoPassword(options), randomBytes(16)),
        },
      ],
    },
    clientId: 'developer-portal',
    clientKey: readSecret<JWK>(options, 'client-developer-portal'),
    urlOf: (service) => urlOf(options, service),
  });
}

function commonVariables(options: SurroundingsOptions, logName: string): Variables {
  return {
    SAMENHANG_PORT_BASE: String(options.portBase),
    SECRETS_DIR: options.secretsDirectory,
    EVENT_LOG: options.brokers === undefined ? 'postgres' : 'kafka',
    KAFKA_BROKERS: options.brokers,
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'info',
    LOG_FILE: join(options.dataDirectory, 'log', `${logName}.log`),
  };
}

function databaseUrlOf(options: Surroundings, service: string, role: string): string {
  const { passwords } = readSecret<{ passwords: Record<string, string> }>(options, 'database');
  return `postgres://${role}:${passwords[service] ?? ''}@127.0.0.1:${options.portBase + portOffsets.postgres}/samenhang`;
}

function readSecret<T>(options: Surroundings, name: string): T {
  return JSON.parse(readFileSync(join(options.secretsDirectory, `${name}.json`), 'utf8')) as T;
}

function writeResources(options: Surroundings, name: string, resources: readonly FhirResource[]): string {
  const folder = join(options.dataDirectory, 'demo');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${name}.ndjson`);
  writeFileSync(file, resources.map((resource) => `${JSON.stringify(resource)}\n`).join(''));
  return file;
}
