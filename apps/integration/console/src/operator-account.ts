import { getUra, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { readAccounts, type Account } from '@samenhang/portal-server';

/** A care provider whose sources an account may look after. */
export interface Organisation {
  readonly ura: Ura;
  readonly name: string;
}

/** Somebody who connects and operates the sources of one care provider, or of several. */
export interface OperatorAccount extends Account {
  readonly name: string;
  /** The first is where they begin. */
  readonly organisations: readonly [Organisation, ...Organisation[]];
}

/** Who signed in, and the care provider that they are at. */
export interface OperatorSession {
  readonly account: OperatorAccount;
  readonly organisation: Organisation;
}

/** @throws Failure when the file of accounts is not what it should be */
export function readOperatorAccounts(value: unknown): OperatorAccount[] {
  return readAccounts(value, (text, members) => ({
    name: text('name'),
    login: text('login'),
    password: text('password'),
    organisations: readOrganisations(members['organisations'], text('login')),
  }));
}

function readOrganisations(value: unknown, login: string): OperatorAccount['organisations'] {
  const [first, ...others] = (Array.isArray(value) ? value : []).map(
    (one: { readonly ura?: unknown; readonly name?: unknown } | null): Organisation => {
      if (typeof one?.name !== 'string' || one.name === '')
        throw new Failure('invalid', `An organisation of account ${login} lacks name`);
      return { ura: getUra(String(one.ura)), name: one.name };
    },
  );
  if (first === undefined) throw new Failure('invalid', `Account ${login} lacks organisations`);
  return [first, ...others];
}

/** @throws Failure forbidden when the account is not of this care provider */
export function moveTo({ account }: OperatorSession, ura: unknown): OperatorSession {
  const organisation = account.organisations.find((one) => one.ura === ura);
  if (organisation === undefined)
    throw new Failure('forbidden', 'This account does not look after that care provider');
  return { account, organisation };
}
