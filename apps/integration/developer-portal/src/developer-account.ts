import { getUra, type Ura } from '@samenhang/data-model';
import { readAccounts, type Account } from '@samenhang/portal-server';

/** Somebody who builds on the platform, and tries it in the name of a fictional professional. */
export interface DeveloperAccount extends Account {
  readonly name: string;
  /** Care provider of the professional. */
  readonly organisation: Ura;
  /** Of the professional, at the Dezi emulator. */
  readonly deziNumber: string;
}

/** @throws Failure when the file of accounts is not what it should be */
export function readDeveloperAccounts(value: unknown): DeveloperAccount[] {
  return readAccounts(value, (text) => ({
    name: text('name'),
    login: text('login'),
    organisation: getUra(text('organisation')),
    deziNumber: text('deziNumber'),
    password: text('password'),
  }));
}
