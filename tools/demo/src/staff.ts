import { startStaffLogin, type StaffMember } from '@samenhang/staff-login';
import { readSignInWays, type PersonReader, type SignInWays } from '@samenhang/portal-server';
import { portOffsets, type ServiceName } from '@samenhang/service-kit';
import { demoPassword } from './demo-password.js';
import { gpZonneweg, hospitalNoord, pharmacyDeBrug } from './providers.js';
import { GENERAL_PRACTITIONER } from './query-view.js';
import { urlOf, type Surroundings } from './surroundings.js';

/** Who works at the organisations of the demonstration, and what for. */
const people: readonly StaffMember[] = [
  { id: 'noord', name: 'Bo Noord', roles: ['bronbeheer-noord'] },
  { id: 'regio', name: 'Robin Regio', roles: ['bronbeheer-noord', 'bronbeheer-zonneweg', 'bronbeheer-brug'] },
  { id: 'onderzoeker', name: 'Onno Onderzoeker', roles: ['onderzoek'] },
  { id: 'ontwikkelaar', name: 'Otto Ontwikkelaar', roles: ['ontwikkeling'] },
  { id: 'ander', name: 'Iris Iemand', roles: ['receptie'] },
];

/** What their roles are worth at each portal. */
const rolesOf: Readonly<Partial<Record<ServiceName, readonly object[]>>> = {
  console: [
    { role: 'bronbeheer-noord', organisations: [hospitalNoord] },
    { role: 'bronbeheer-zonneweg', organisations: [gpZonneweg] },
    { role: 'bronbeheer-brug', organisations: [pharmacyDeBrug] },
  ],
  'research-portal': [
    {
      role: 'onderzoek',
      organisation: '90000003',
      organisationName: 'Onderzoeksinstituut',
      roles: ['researcher'],
    },
  ],
  'developer-portal': [
    { role: 'ontwikkeling', organisation: gpZonneweg.ura, deziNumber: GENERAL_PRACTITIONER },
  ],
};
const portals = ['console', 'research-portal', 'developer-portal'] as const;
type Portal = (typeof portals)[number];

const redirectUriOf = (options: Surroundings, portal: Portal): string =>
  `${urlOf(options, portal)}/api/return`;

/** Where those who work at the organisations of the demonstration sign in. */
export function startDemoStaffLogin(options: Surroundings): Promise<{ close(): Promise<void> }> {
  return startStaffLogin({
    port: options.portBase + portOffsets['staff-login'],
    people,
    clients: portals.map((portal) => ({
      clientId: portal,
      clientSecret: demoPassword(options),
      redirectUri: redirectUriOf(options, portal),
    })),
  });
}

/** Signing in at a portal by way of it. */
export function signInByStaffLogin<Rights, Person extends object>(
  options: Surroundings,
  portal: Portal,
  reader: PersonReader<Rights, Person>,
): SignInWays<Person> {
  return readSignInWays(
    portal,
    {
      issuer: urlOf(options, 'staff-login'),
      clientId: portal,
      redirectUri: redirectUriOf(options, portal),
      roleClaim: 'roles',
    },
    () => ({ secret: demoPassword(options), roles: rolesOf[portal] }),
    reader,
  );
}
