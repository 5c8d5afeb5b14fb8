import { identifierSystems, type FhirResource } from '@samenhang/data-model';
import type { VerifiedProfessional } from '@samenhang/identity';
import type { AccessEntry } from './access-entry.js';
import { activityCodes, codings, outcomeCodes, purposeSystem, type AuditCoding } from './audit-codes.js';

interface Concept {
  readonly coding: readonly AuditCoding[];
}

const concept = (coding: AuditCoding): Concept => ({ coding: [coding] });
const party = (system: string, value: string): object => ({ identifier: { system, value } });
/** OAuth client ids have no naming system of their own; they are unique within the installation. */
const clientSystem = 'https://samenhang.example/fhir/NamingSystem/oauth-client-id';

/**
 * The FHIR R4 AuditEvent of an access: the fields NEN 7513 asks for, in the patterns of IHE BALP. The patient's number
 * is in `entity`; the event travels and rests as a payload only.
 */
export function toAuditEvent(entry: AccessEntry, id: string): FhirResource {
  const codes = activityCodes[entry.activity];
  return {
    resourceType: 'AuditEvent',
    id,
    ...(codes.profile === undefined || entry.patient === undefined
      ? {}
      : { meta: { profile: [codes.profile] } }),
    type: codings.restfulOperation,
    subtype: [codes.interaction],
    action: codes.action,
    recorded: (entry.at ?? new Date()).toISOString(),
    outcome: outcomeCodes[entry.outcome],
    ...outcomeDescription(entry),
    ...purposeOf(entry),
    agent: agentsOf(entry),
    source: { observer: observerOf(entry), type: [codings.applicationServer] },
    ...nonEmpty('entity', entitiesOf(entry)),
  };
}

function outcomeDescription({ detail }: AccessEntry): object {
  const reasons = detail.reasons ?? [];
  return reasons.length === 0 ? {} : { outcomeDesc: reasons.join(', ') };
}

function purposeOf({ who }: AccessEntry): object {
  if (!('clientId' in who) || who.purposeOfUse === undefined) return {};
  return { purposeOfEvent: [{ coding: [{ system: purposeSystem, code: who.purposeOfUse }] }] };
}

/** Person, care provider and system that asked; and the service that was asked. */
function agentsOf(entry: AccessEntry): object[] {
  const { who } = entry;
  const server = { type: concept(codings.server), who: observerOf(entry), requestor: false };
  if (!('clientId' in who)) {
    return [
      { type: concept(codings.client), who: party(clientSystem, who.service), requestor: true },
      server,
    ];
  }
  const { professional, delegate, organisation, actor } = who;
  const agents: object[] = [];
  // Who acts by mandate is the one who looked; the professional they act for stays responsible.
  if (delegate !== undefined) agents.push(personOf(delegate, codings.delegate, who.tokenId));
  if (professional !== undefined)
    agents.push({
      ...personOf(professional, codings.user, who.tokenId),
      requestor: delegate === undefined,
    });
  if (organisation !== undefined) {
    const type = organisation.facilityType;
    agents.push({
      type: concept(codings.organisation),
      ...(type === undefined
        ? {}
        : { role: [{ coding: [{ system: identifierSystems.organisationType, code: type }] }] }),
      who: party(identifierSystems.ura, organisation.ura),
      requestor: false,
    });
  }
  agents.push({
    type: concept(codings.client),
    who: party(clientSystem, who.clientId),
    requestor: professional === undefined,
  });
  if (actor !== undefined && actor.clientId !== who.clientId) {
    agents.push({
      type: concept(codings.client),
      who: party(clientSystem, actor.clientId),
      requestor: false,
    });
  }
  agents.push(server);
  return agents;
}

function personOf(person: VerifiedProfessional, type: AuditCoding, tokenId: string): object {
  return {
    type: concept(type),
    role: [{ coding: [{ system: identifierSystems.uziRole, code: person.roleCode }] }],
    who: party(identifierSystems.uziPerson, person.id),
    requestor: true,
    policy: [`urn:samenhang:access-token:${tokenId}`],
  };
}

function observerOf({ observer, custodian }: AccessEntry): object {
  const name = observer ?? 'samenhang';
  return custodian === undefined
    ? { display: name }
    : { ...party(identifierSystems.ura, custodian), display: name };
}

function entitiesOf(entry: AccessEntry): object[] {
  const { patient, custodian, detail, traceparent } = entry;
  const entities: object[] = [];
  if (patient !== undefined) {
    entities.push({
      what: party(patient.system, patient.value),
      type: codings.person,
      role: codings.patientRole,
    });
  }
  if (custodian !== undefined)
    entities.push({ what: party(identifierSystems.ura, custodian), type: codings.organisationObject });
  const details = detailsOf(entry);
  if (detail.query !== undefined || details.length > 0) {
    entities.push({
      type: codings.systemObject,
      ...(detail.query === undefined
        ? { role: codings.resourceRole }
        : { role: codings.queryRole, query: Buffer.from(detail.query).toString('base64') }),
      ...(details.length === 0 ? {} : { detail: details }),
    });
  }
  const traceId = traceparent?.split('-')[1];
  if (traceId !== undefined) entities.push({ what: { identifier: { value: traceId } }, type: codings.trace });
  return entities;
}

/** FHIR knows no empty arrays. */
function nonEmpty(name: string, values: readonly object[]): object {
  return values.length === 0 ? {} : { [name]: values };
}

function detailsOf({ who, detail }: AccessEntry): object[] {
  const identity = 'clientId' in who ? who : undefined;
  const emergency = identity?.emergency;
  const found: readonly [string, string | undefined][] = [
    ...(detail.resourceTypes ?? []).map((type): [string, string] => ['resource-type', type]),
    ...(detail.reasons ?? []).map((reason): [string, string] => ['decision-reason', reason]),
    ['treatment-relation', identity?.treatmentRelation],
    ['emergency', emergency === undefined ? undefined : 'true'],
    ['emergency-access', emergency?.id],
    ['emergency-reason', detail.emergencyReason],
  ];
  return found.flatMap(([type, valueString]) => (valueString === undefined ? [] : [{ type, valueString }]));
}
