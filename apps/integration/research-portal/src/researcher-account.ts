import { getUra, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { Scope } from '@samenhang/identity';
import { readAccounts, type Account } from '@samenhang/portal-server';

/** What somebody does in research: asks, decides about applications, or looks at what is to leave the airlock. */
export type ResearchRole = 'researcher' | 'assessor' | 'checker';

export const scopeOfRole = {
  researcher: 'research:use',
  assessor: 'research:assess',
  checker: 'research:check',
} as const satisfies Readonly<Record<ResearchRole, Scope>>;

/** Somebody of an organisation that takes part in research. */
export interface ResearchAccount extends Account {
  readonly name: string;
  readonly organisation: Ura;
  readonly organisationName: string;
  readonly roles: readonly ResearchRole[];
}

/** @throws Failure when the file of accounts is not what it should be */
export function readResearchAccounts(value: unknown): ResearchAccount[] {
  return readAccounts(value, (text, { roles }) => ({
    name: text('name'),
    login: text('login'),
    organisation: getUra(text('organisation')),
    organisationName: text('organisationName'),
    roles: readRoles(roles),
    password: text('password'),
  }));
}

function readRoles(value: unknown): ResearchRole[] {
  const roles = Array.isArray(value) ? value.filter(isRole) : [];
  if (roles.length === 0 || !Array.isArray(value) || roles.length !== value.length)
    throw new Failure('invalid', `roles must be a list of ${Object.keys(scopeOfRole).join(', ')}`);
  return roles;
}

function isRole(value: unknown): value is ResearchRole {
  return typeof value === 'string' && Object.hasOwn(scopeOfRole, value);
}

/** @throws Failure('forbidden') for what nobody with these roles does */
export function assertMay({ roles }: Pick<ResearchAccount, 'roles'>, scope: Scope): void {
  if (!roles.some((role) => scopeOfRole[role] === scope))
    throw new Failure('forbidden', 'This is not for your role');
}
