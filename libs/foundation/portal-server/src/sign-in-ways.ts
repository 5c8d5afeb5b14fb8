import { Failure } from '@samenhang/errors';
import type { JWK } from 'jose';
import { Accounts, readEntries, type Account } from './accounts.js';
import { OpenIdSignIn, type OpenIdClaims, type OpenIdOptions } from './openid-sign-in.js';
import type { PortalRoutes } from './portal-routes.js';

/** Whoever has this role at the OpenID provider has these rights at the portal. */
export interface RoleGrant<Rights> {
  readonly role: string;
  readonly rights: Rights;
}

/** Of people whom an OpenID provider signs in. */
export interface OpenIdWay<Person> {
  readonly options: OpenIdOptions;
  /** @throws Failure forbidden for who has no right to be here */
  readonly toPerson: (claims: OpenIdClaims) => Person;
  /** Somebody with each role that gives a right. */
  readonly oneOfEachRole: readonly Person[];
}

/** How people sign in: at the OpenID provider of their organisation; by accounts of the portal where there is none. */
export interface SignInWays<Person> {
  readonly openId?: OpenIdWay<Person>;
  readonly accounts?: readonly (Person & Account)[];
}

/** All that may sign in here, or somebody for each kind of them where an OpenID provider knows who they are. */
export function peopleOf<Person>({ openId, accounts }: SignInWays<Person>): readonly Person[] {
  return [...(accounts ?? []), ...(openId?.oneOfEachRole ?? [])];
}

/** Adds the routes by which a session begins, and the one that tells which there are. */
export function addSignIn<Person extends object, Data>(
  routes: PortalRoutes<Data>,
  { openId, accounts }: SignInWays<Person>,
  toData: (person: Person) => Data,
): void {
  routes.open('GET', '/sign-in-ways', () => ({
    openId: openId !== undefined,
    password: accounts !== undefined,
  }));
  if (openId !== undefined)
    routes.signInElsewhere(
      new OpenIdSignIn(openId.options).leadingTo((claims) => toData(openId.toPerson(claims))),
    );
  if (accounts === undefined) return;
  const known = new Accounts(accounts);
  routes.open('POST', '/session', (call) => {
    const { login, password } = (call.body ?? {}) as Record<string, unknown>;
    routes.startSession(call, toData(known.enter(login, password)));
  });
}

/** What a portal makes of the members of an account or a role, and of all that somebody has. */
export interface PersonReader<Rights, Person> {
  /** @throws Failure when a member is missing or wrong */
  readonly readRights: (text: (name: string) => string, members: Readonly<Record<string, unknown>>) => Rights;
  readonly toPerson: (name: string, rights: readonly [Rights, ...Rights[]]) => Person;
}

export interface OpenIdSettings extends Omit<OpenIdOptions, 'credential'> {
  /** Where in the ID token the roles stand; a dot leads into an object (`realm_access.roles`). */
  readonly roleClaim: string;
}

/**
 * How people sign in at a portal, as its settings and files have it: by OpenID when a provider is set, and then only so.
 * @param file reads one by its name, without `.json`
 * @param name begins the names of the files: `<name>-openid`, `<name>-accounts`
 * @throws Failure when a file is not what it should be
 */
export function readSignInWays<Rights, Person extends object>(
  name: string,
  openId: OpenIdSettings | undefined,
  file: (name: string) => unknown,
  reader: PersonReader<Rights, Person>,
): SignInWays<Person> {
  if (openId === undefined)
    return {
      accounts: readEntries(file(`${name}-accounts`), (text, members) => ({
        ...reader.toPerson(text('name'), [reader.readRights(text, members)]),
        login: text('login'),
        password: text('password'),
      })),
    };
  const { roles, ...credential } = (file(`${name}-openid`) ?? {}) as Record<string, unknown>;
  const grants = readEntries(roles, (text, members) => ({
    role: text('role'),
    rights: reader.readRights(text, members),
  }));
  const { roleClaim, ...options } = openId;
  return {
    openId: {
      options: { ...options, credential: readCredential(credential) },
      toPerson: (claims) => personOf(claims, roleClaim, grants, reader.toPerson),
      oneOfEachRole: grants.map(({ role, rights }) => reader.toPerson(role, [rights])),
    },
  };
}

function readCredential({ key, secret }: Record<string, unknown>): OpenIdOptions['credential'] {
  if (typeof secret === 'string' && secret !== '') return { secret };
  if (typeof key === 'object' && key !== null) return { key: key as JWK };
  throw new Failure('invalid', 'The portal needs a key or a secret for its OpenID provider');
}

/** Somebody with all that their roles give. @throws Failure forbidden when none of their roles gives anything here */
export function personOf<Rights, Person>(
  claims: OpenIdClaims,
  roleClaim: string,
  grants: readonly RoleGrant<Rights>[],
  toPerson: PersonReader<Rights, Person>['toPerson'],
): Person {
  const roles = rolesOf(claims, roleClaim);
  const [first, ...others] = grants.filter(({ role }) => roles.includes(role)).map(({ rights }) => rights);
  if (first === undefined) throw new Failure('forbidden', 'No role of theirs gives a right here');
  return toPerson(nameOf(claims), [first, ...others]);
}

function rolesOf(claims: OpenIdClaims, roleClaim: string): readonly unknown[] {
  let found: unknown = claims;
  for (const name of roleClaim.split('.'))
    found =
      typeof found === 'object' && found !== null && Object.hasOwn(found, name)
        ? (found as Record<string, unknown>)[name]
        : undefined;
  return Array.isArray(found) ? found : [found];
}

function nameOf({ name, preferred_username: login, sub }: OpenIdClaims): string {
  return [name, login].find((one): one is string => typeof one === 'string' && one !== '') ?? sub;
}
