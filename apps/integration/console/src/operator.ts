import { getUra, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { PersonReader } from '@samenhang/portal-server';

/** A care provider whose sources somebody may look after. */
export interface Organisation {
  readonly ura: Ura;
  readonly name: string;
}

type Organisations = readonly [Organisation, ...Organisation[]];

/** Somebody who connects and operates the sources of one care provider, or of several. */
export interface Operator {
  readonly name: string;
  /** The first is where they begin. */
  readonly organisations: Organisations;
}

/** Who signed in, and the care provider that they are at. */
export interface OperatorSession {
  readonly operator: Operator;
  readonly organisation: Organisation;
}

/** An account or a role gives care providers; who has several roles has the care providers of all. */
export const operators: PersonReader<Organisations, Operator> = {
  readRights: (_text, { organisations }) => readOrganisations(organisations),
  toPerson: (name, [[first, ...others], ...more]) => ({
    name,
    organisations: [first, ...distinct([...others, ...more.flat()], first)],
  }),
};

function distinct(organisations: readonly Organisation[], first: Organisation): Organisation[] {
  const byUra = new Map(organisations.map((organisation) => [organisation.ura, organisation]));
  byUra.delete(first.ura);
  return [...byUra.values()];
}

function readOrganisations(value: unknown): Organisations {
  const [first, ...others] = (Array.isArray(value) ? value : []).map(
    (one: { readonly ura?: unknown; readonly name?: unknown } | null): Organisation => {
      if (typeof one?.name !== 'string' || one.name === '')
        throw new Failure('invalid', 'An organisation lacks name');
      return { ura: getUra(String(one.ura)), name: one.name };
    },
  );
  if (first === undefined) throw new Failure('invalid', 'An account or role lacks organisations');
  return [first, ...others];
}

/** @throws Failure forbidden when the operator does not look after this care provider */
export function moveTo({ operator }: OperatorSession, ura: unknown): OperatorSession {
  const organisation = operator.organisations.find((one) => one.ura === ura);
  if (organisation === undefined) throw new Failure('forbidden', 'You do not look after that care provider');
  return { operator, organisation };
}
