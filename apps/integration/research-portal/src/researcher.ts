import { getUra, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { Scope } from '@samenhang/identity';
import type { PersonReader } from '@samenhang/portal-server';

/** What somebody does in research: asks, decides about applications, or looks at what is to leave the airlock. */
export type ResearchRole = 'researcher' | 'assessor' | 'checker';

export const scopeOfRole = {
  researcher: 'research:use',
  assessor: 'research:assess',
  checker: 'research:check',
} as const satisfies Readonly<Record<ResearchRole, Scope>>;

/** Somebody of an organisation that takes part in research. */
export interface Researcher extends ResearchRights {
  readonly name: string;
}

interface ResearchRights {
  readonly organisation: Ura;
  readonly organisationName: string;
  readonly roles: readonly ResearchRole[];
}

/** An account or a role gives what somebody does for one organisation; of another organisation nothing is added. */
export const researchers: PersonReader<ResearchRights, Researcher> = {
  readRights: (text, { roles }) => ({
    organisation: getUra(text('organisation')),
    organisationName: text('organisationName'),
    roles: readRoles(roles),
  }),
  toPerson: (name, [first, ...others]) => ({
    ...first,
    name,
    roles: [
      ...new Set([
        ...first.roles,
        ...others
          .filter(({ organisation }) => organisation === first.organisation)
          .flatMap(({ roles }) => roles),
      ]),
    ],
  }),
};

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
export function assertMay({ roles }: Pick<Researcher, 'roles'>, scope: Scope): void {
  if (!roles.some((role) => scopeOfRole[role] === scope))
    throw new Failure('forbidden', 'This is not for your role');
}
