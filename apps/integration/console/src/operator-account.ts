import { getUra, type Ura } from '@samenhang/data-model';
import { readAccounts, type Account } from '@samenhang/portal-server';

/** Somebody who connects and operates the sources of one care provider. */
export interface OperatorAccount extends Account {
  readonly name: string;
  readonly organisation: Ura;
  readonly organisationName: string;
}

/** @throws Failure when the file of accounts is not what it should be */
export function readOperatorAccounts(value: unknown): OperatorAccount[] {
  return readAccounts(value, (text) => ({
    name: text('name'),
    login: text('login'),
    organisation: getUra(text('organisation')),
    organisationName: text('organisationName'),
    password: text('password'),
  }));
}
