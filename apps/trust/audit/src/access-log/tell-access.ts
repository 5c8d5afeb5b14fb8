import { identifierSystems } from '@samenhang/data-model';
import {
  activityIn,
  facilityTypeIn,
  purposeIn,
  refusalIn,
  resourceTypeIn,
  roleIn,
  say,
  type Language,
} from './plain-words.js';

interface Coding {
  readonly system?: string;
  readonly code?: string;
}

interface Agent {
  readonly type?: { readonly coding?: readonly Coding[] };
  readonly role?: readonly { readonly coding?: readonly Coding[] }[];
  readonly who?: { readonly identifier?: { readonly system?: string; readonly value?: string } };
  readonly requestor?: boolean;
}

/** An AuditEvent of this house, as far as it is told (`toAuditEvent` of `@samenhang/audit` makes it). */
export interface RecordedAccess {
  readonly recorded: string;
  readonly subtype?: readonly Coding[];
  readonly outcome?: string;
  readonly outcomeDesc?: string;
  readonly purposeOfEvent?: readonly { readonly coding?: readonly Coding[] }[];
  readonly agent: readonly Agent[];
  readonly entity?: readonly {
    readonly detail?: readonly { readonly type: string; readonly valueString?: string }[];
  }[];
}

/** One line of a patient's log: for people, and the same in parts. */
export interface ToldAccess {
  readonly when: string;
  readonly text: string;
  readonly who: {
    readonly text: string;
    readonly organisation?: string;
    readonly professional?: string;
    /** Who acted for the professional, by mandate. */
    readonly delegate?: string;
    readonly system?: string;
  };
  readonly what: { readonly text: string; readonly resourceTypes: readonly string[] };
  readonly why: string;
  readonly outcome: 'granted' | 'denied' | 'failed';
  readonly emergency: boolean;
}

const outcomes: Readonly<Record<string, ToldAccess['outcome']>> = { '0': 'granted', '4': 'denied' };
const PATIENT_REQUEST = 'PATRQT';
const CLIENT_ROLE = '110153';
const DELEGATE_ROLE = 'ASSIGNED';
const SERVER_ROLE = '110152';
/** Types that the words for what was done with them name already. */
const saidByActivity = new Set(['AuditEvent', 'Consent']);

/** Who did what, when and why, in words that need no explanation. */
export function tellAccess(event: RecordedAccess, language: Language): ToldAccess {
  const details = (event.entity ?? []).flatMap(({ detail = [] }) => detail);
  const valuesOf = (type: string): string[] =>
    details.flatMap((each) =>
      each.type === type && each.valueString !== undefined ? [each.valueString] : [],
    );
  const purpose = event.purposeOfEvent?.[0]?.coding?.[0]?.code;
  const outcome = outcomes[event.outcome ?? ''] ?? 'failed';
  const resourceTypes = valuesOf('resource-type');
  const who = tellWho(event.agent, purpose, language);
  const what = tellWhat(event.subtype?.[0]?.code, resourceTypes, language);
  const why = [
    purposeIn(language, purpose),
    outcome === 'denied' ? refusalIn(language, valuesOf('decision-reason')) : undefined,
    ...valuesOf('emergency-reason'),
  ].filter((each) => each !== undefined);
  const emergency = valuesOf('emergency').length > 0 || valuesOf('emergency-reason').length > 0;
  const text = [
    emergency ? `${say(language, 'emergency')}. ` : '',
    `${who.text} ${what}`,
    why.length === 0 ? '' : ` (${why.join('; ')})`,
    `. ${say(language, outcome)}.`,
  ].join('');
  return {
    when: event.recorded,
    text,
    who,
    what: { text: what, resourceTypes },
    why: why.join('; '),
    outcome,
    emergency,
  };
}

function tellWho(
  agents: readonly Agent[],
  purpose: string | undefined,
  language: Language,
): ToldAccess['who'] {
  const bySystem = (system: string): Agent[] =>
    agents.filter(({ who }) => who?.identifier?.system === system);
  const isOfRole = ({ type }: Agent, code: string): boolean =>
    type?.coding?.some((coding) => coding.code === code) === true;
  const people = bySystem(identifierSystems.uziPerson);
  const delegate = people.find((agent) => isOfRole(agent, DELEGATE_ROLE));
  const professional = people.find((agent) => agent !== delegate);
  const [organisation] = bySystem(identifierSystems.ura).filter((agent) => !isOfRole(agent, SERVER_ROLE));
  const system = agents.find((agent) => isOfRole(agent, CLIENT_ROLE))?.who?.identifier?.value;
  const text =
    purpose === PATIENT_REQUEST && professional === undefined
      ? [say(language, 'yourself'), ...(system === undefined ? [] : [say(language, 'via'), system])].join(' ')
      : nameParty(delegate ?? professional, organisation, system, language);
  return {
    text,
    ...part('organisation', organisation?.who?.identifier?.value),
    ...part('professional', professional?.who?.identifier?.value),
    ...part('delegate', delegate?.who?.identifier?.value),
    ...part('system', system),
  };
}

function nameParty(
  person: Agent | undefined,
  organisation: Agent | undefined,
  system: string | undefined,
  language: Language,
): string {
  const place =
    organisation === undefined
      ? undefined
      : `${facilityTypeIn(language, codeOf(organisation))} ${organisation.who?.identifier?.value ?? ''}`.trim();
  if (person === undefined)
    return capital(place ?? `${say(language, 'system')}${system ? ` (${system})` : ''}`);
  const role = `${roleIn(language, codeOf(person))} ${person.who?.identifier?.value ?? ''}`.trim();
  return capital(place === undefined ? role : `${role} ${say(language, 'of')} ${place}`);
}

function codeOf({ role }: Agent): string | undefined {
  return role?.[0]?.coding?.[0]?.code;
}

function tellWhat(
  activity: string | undefined,
  resourceTypes: readonly string[],
  language: Language,
): string {
  // Types that are one thing to a reader are named once.
  const named = new Set(
    resourceTypes.filter((type) => !saidByActivity.has(type)).map((type) => resourceTypeIn(language, type)),
  );
  const verb = activityIn(language, activity);
  return named.size === 0 ? verb : `${verb}: ${[...named].join(', ')}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function part<Name extends string>(name: Name, value: string | undefined): Partial<Record<Name, string>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, string>);
}
