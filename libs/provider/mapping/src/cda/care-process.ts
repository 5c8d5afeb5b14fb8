import { childrenOf, elementsWithin, findElement, wordsOf, type XmlElement } from '@samenhang/xml';
import { concept } from '../datatypes/concepts.js';
import { codeSystems, nictiz } from '../fhir-systems.js';
import type { Draft } from '../fhir-types.js';
import { codeOf, statementsWithin } from './cda-document.js';
import { conceptOf, momentOf, wordsOfElement } from './data-types.js';
import { organizationOf, patientReference, type NamedDraft } from './header.js';
import { optional, outermost, type EntryDrafts, type Statement } from './statement.js';

const actCodes = '2.16.840.1.113883.5.4';

/** Contacts. A class is taken from the document where it has one, and said to be unknown where not. */
export function readEncounters(entry: Statement): EntryDrafts {
  const facts: Draft[] = [];
  const others: NamedDraft[] = [];
  for (const [index, element] of outermost(entry.element, ({ name }) => name === 'encounter').entries()) {
    const one = entry.within(element, String(index));
    const code = findElement(element, 'code')?.attributes;
    const isClass = code?.['codeSystem'] === actCodes && code['code'] !== undefined;
    const type = isClass ? undefined : one.concept('code');
    const { references, drafts } = one.professionals('performer');
    const place = placeOf(one);
    const disposition = one.concept('dischargeDispositionCode');
    const reason = reasonOf(one);
    others.push(...drafts, ...place);
    facts.push({
      ...one.base('Encounter'),
      status: one.isNullified
        ? 'entered-in-error'
        : one.mood === 'EVN'
          ? one.period?.end === undefined && one.moment === undefined
            ? 'unknown'
            : 'finished'
          : 'planned',
      class: isClass
        ? { system: codeSystems.actCode, code: code['code'] }
        : { system: codeSystems.nullFlavor, code: 'UNK' },
      ...(type === undefined ? {} : { type: [type] }),
      ...(references.length === 0 ? {} : { participant: references.map((individual) => ({ individual })) }),
      ...optional('period', one.period),
      ...(reason === undefined ? {} : { reasonCode: [reason] }),
      ...(disposition === undefined ? {} : { hospitalization: { dischargeDisposition: disposition } }),
      ...(place[0] === undefined ? {} : { location: [{ location: { reference: place[0].fullUrl } }] }),
    });
  }
  return { facts, others };
}

function reasonOf(one: Statement): ReturnType<Statement['concept']> {
  const reason = statementsWithin(one.element)
    .slice(1)
    .find(
      (part) => part.name === 'observation' && findElement(part, 'value')?.attributes['xsi:type'] === 'CD',
    );
  return conceptOf(findElement(reason, 'value'), one.document.context);
}

function placeOf(one: Statement): NamedDraft[] {
  const participant = childrenOf(one.element, 'participant').find(
    ({ attributes }) => attributes['typeCode'] === 'LOC',
  );
  const role = findElement(participant, 'participantRole');
  if (role === undefined) return [];
  const owner = organizationOf(
    findElement(role, 'scopingEntity'),
    `urn:cda:place-owner:${one.key}`,
    one.document.context,
  );
  const name =
    wordsOf(findElement(role, 'playingEntity', 'name')) ?? (owner[0]?.resource['name'] as string | undefined);
  if (name === undefined) return [];
  const location: Draft = {
    resourceType: 'Location',
    name,
    ...(owner[0] === undefined ? {} : { managingOrganization: { reference: owner[0].fullUrl } }),
  };
  return [{ fullUrl: `urn:cda:place:${one.key}`, resource: location }, ...owner];
}

const udi = '1.3.160';

/** Devices that a patient uses: the product, and its use since when. */
export function readDevices(entry: Statement): EntryDrafts {
  const facts: Draft[] = [];
  const others: NamedDraft[] = [];
  const roles = elementsWithin(
    entry.element,
    ({ name, attributes }) => name === 'participantRole' && attributes['classCode'] === 'MANU',
  );
  const holder = statementsWithin(entry.element).find(({ name }) => name === 'supply') ?? entry.element;
  for (const [index, role] of roles.entries()) {
    const fullUrl = `urn:cda:device:${entry.key}-${index}`;
    const number = childrenOf(role, 'id').find(({ attributes }) => attributes['root'] === udi)?.attributes[
      'extension'
    ];
    const type = conceptOf(findElement(role, 'playingDevice', 'code'), entry.document.context);
    if (type === undefined && number === undefined) continue;
    const use = entry.within(holder, String(index));
    others.push({
      fullUrl,
      resource: {
        resourceType: 'Device',
        ...(number === undefined ? {} : { udiCarrier: [{ carrierHRF: number }] }),
        ...optional('type', type),
        patient: patientReference,
      },
    });
    facts.push({
      ...use.base('DeviceUseStatement'),
      status: useStatus(use),
      ...(use.period === undefined ? {} : { timingPeriod: use.period }),
      device: { reference: fullUrl },
    });
  }
  return { facts, others };
}

/** What is not so yet is intended; what has an end is over. */
function useStatus(use: Statement): string {
  if (use.isNullified) return 'entered-in-error';
  if (use.mood !== 'EVN') return 'intended';
  return use.period?.end === undefined ? 'active' : 'completed';
}

const livingWills = '2.16.840.1.113883.2.4.3.11.60.40.4.14.1';
const permissions = '2.16.840.1.113883.2.4.3.11.60.40.4';
const decisions: Readonly<Record<string, string>> = { JA: 'permit', NEE: 'deny' };

/** Directives on treatment, and the living wills they rest on. */
export function readDirectives(entry: Statement): Draft[] {
  const all = statementsWithin(entry.element);
  const codeSystemOf = (one: XmlElement): string | undefined =>
    findElement(one, 'code')?.attributes['codeSystem'];
  const wills = all
    .filter((one) => codeSystemOf(one) === livingWills)
    .map((one) => willOf(entry.within(one, 'will')));
  const decision = all.find((one) => codeSystemOf(one) === permissions);
  const isWill = codeSystemOf(entry.element) === livingWills;
  const treatment = isWill ? undefined : entry.concept('code');
  return treatment === undefined || decision === undefined
    ? wills
    : [directiveOf(entry, treatment, entry.within(decision, 'decision')), ...wills];
}

function directiveOf(entry: Statement, treatment: object, decision: Statement): Draft {
  const type = decisions[codeOf(decision.element) ?? ''];
  const text =
    wordsOf(findElement(decision.element, 'value')) ??
    findElement(decision.element, 'code')?.attributes['displayName'];
  return {
    ...entry.base('Consent', 'patient'),
    ...(type === undefined
      ? {
          modifierExtension: [
            { url: `${nictiz}/ext-TreatmentDirective2.SpecificationOther`, valueString: text },
          ],
        }
      : {}),
    status: entry.isNullified ? 'entered-in-error' : 'active',
    scope: concept(codeSystems.consentScope, 'treatment'),
    category: [concept(codeSystems.snomed, '129125009')],
    provision: { ...optional('type', type), ...optional('period', decision.period), code: [treatment] },
  };
}

function willOf(will: Statement): Draft {
  const moment = momentOf(findElement(will.element, 'effectiveTime'), will.document.context);
  const text = wordsOfElement(findElement(will.element, 'text'), will.document.context);
  return {
    ...will.base('Consent', 'patient'),
    ...(text === undefined ? {} : { extension: [{ url: `${nictiz}/ext-Comment`, valueString: text }] }),
    status: will.isNullified ? 'entered-in-error' : 'active',
    scope: concept(codeSystems.consentScope, 'adr'),
    category: [concept(codeSystems.consentCategory, 'acd')],
    ...optional('dateTime', moment),
    provision: { code: [will.concept('code') ?? { text: 'Wilsverklaring' }] },
  };
}

/** Who pays: the organisation of the performer of the act of coverage. */
export function readPayers(entry: Statement): EntryDrafts {
  const organisations = elementsWithin(entry.element, ({ name }) => name === 'representedOrganization');
  const [insurer] = organisations.flatMap((one) =>
    organizationOf(one, `urn:cda:payer:${entry.key}`, entry.document.context),
  );
  if (insurer === undefined) return { facts: [], others: [] };
  const coverage: Draft = {
    ...entry.base('Coverage', 'patient'),
    status: 'active',
    ...optional('period', entry.period),
    payor: [{ reference: insurer.fullUrl }],
  };
  delete coverage['patient'];
  return { facts: [{ ...coverage, beneficiary: patientReference }], others: [insurer] };
}
