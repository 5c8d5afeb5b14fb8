import { randomUUID } from 'node:crypto';
import { findUra, type Ura } from '@samenhang/data-model';
import { findBsn, type Bsn } from '@samenhang/patient-identity';
import { escapeXml, parseXml, wordsOf, XmlError, type XmlElement } from '@samenhang/xml';
import { elementsOf, onlyElement } from './message-elements.js';
import {
  actions,
  attributeCategories,
  attributeIds,
  dataTypes,
  isConsentCategory,
  namespaces,
  oids,
  type ConsentCategory,
} from './vocabulary.js';

/** The closed question as it goes over the line. */
export interface ClosedQuestion {
  readonly patient: Bsn;
  readonly holder: Ura;
  readonly holderType: string;
  readonly category: ConsentCategory;
  readonly role: string;
  readonly professional: string;
  readonly requester: Ura;
  readonly requesterType: string;
  readonly purpose: string;
  /** UZI number of who acts for the professional. */
  readonly mandated?: string;
}

type AttributeName = keyof typeof attributeIds;
type CategoryName = keyof typeof attributeCategories;
/** Whether somebody acts by mandate is the only thing a question may leave out. */
type AttributeValues = Record<Exclude<AttributeName, 'mandated'>, string> & { readonly mandated?: string };

const layout: Readonly<Record<CategoryName, readonly AttributeName[]>> = {
  resource: ['patient', 'holderType', 'holder'],
  action: ['dataCategory'],
  subject: ['role', 'professional', 'requester', 'requesterType', 'mandated'],
  environment: ['purpose'],
};

/** Root (identifiers) or code system (coded values) of each attribute. */
const systems: Readonly<Record<AttributeName, { type: 'II' | 'CV'; oid: string; authority?: string }>> = {
  patient: { type: 'II', oid: oids.bsn },
  holderType: { type: 'CV', oid: oids.facilityType },
  holder: { type: 'II', oid: oids.ura },
  dataCategory: { type: 'CV', oid: oids.dataCategory },
  role: { type: 'CV', oid: oids.role },
  professional: { type: 'II', oid: oids.uzi, authority: 'CIBG' },
  requester: { type: 'II', oid: oids.ura },
  requesterType: { type: 'CV', oid: oids.facilityType },
  purpose: { type: 'CV', oid: oids.purpose },
  mandated: { type: 'II', oid: oids.uzi, authority: 'CIBG' },
};

/** @returns a SOAP 1.2 message; it holds the patient's number */
export function writeClosedQuestion(question: ClosedQuestion, address: string): string {
  const values: AttributeValues = { ...question, dataCategory: question.category };
  const categories = (Object.keys(layout) as CategoryName[])
    .map((category) => writeCategory(category, values))
    .join('');
  return (
    `<?xml version="1.0" encoding="UTF-8"?>` +
    `<soap:Envelope xmlns:soap="${namespaces.soap}" xmlns:wsa="${namespaces.addressing}"><soap:Header>` +
    `<wsa:Action soap:mustUnderstand="1">${actions.question}</wsa:Action>` +
    `<wsa:MessageID>urn:uuid:${randomUUID()}</wsa:MessageID>` +
    `<wsa:To soap:mustUnderstand="1">${escapeXml(address)}</wsa:To>` +
    `<wsa:ReplyTo><wsa:Address>${namespaces.addressing}/anonymous</wsa:Address></wsa:ReplyTo></soap:Header><soap:Body>` +
    `<xs:XACMLAuthzDecisionQuery xmlns:xs="${namespaces.query}" xmlns:xc="${namespaces.xacml}" xmlns:hl7="${namespaces.hl7}" ` +
    `ID="_${randomUUID()}" Version="2.0" IssueInstant="${new Date().toISOString()}">` +
    `<xc:Request ReturnPolicyIdList="false" CombinedDecision="false">${categories}</xc:Request>` +
    `</xs:XACMLAuthzDecisionQuery></soap:Body></soap:Envelope>`
  );
}

function writeCategory(category: CategoryName, values: AttributeValues): string {
  const attributes = layout[category]
    .map((name) => {
      const value = values[name];
      return value === undefined ? '' : writeAttribute(name, value);
    })
    .join('');
  return `<xc:Attributes Category="${attributeCategories[category]}">${attributes}</xc:Attributes>`;
}

function writeAttribute(name: AttributeName, value: string): string {
  const { type, oid, authority } = systems[name];
  const authorityName = authority === undefined ? '' : ` assigningAuthorityName="${authority}"`;
  const typed =
    type === 'II'
      ? `<hl7:InstanceIdentifier root="${oid}" extension="${escapeXml(value)}"${authorityName}/>`
      : `<hl7:CodedValue code="${escapeXml(value)}" codeSystem="${oid}"/>`;
  const dataType = type === 'II' ? dataTypes.instanceIdentifier : dataTypes.codedValue;
  return (
    `<xc:Attribute AttributeId="${attributeIds[name]}" IncludeInResult="true">` +
    `<xc:AttributeValue DataType="${dataType}">${typed}</xc:AttributeValue></xc:Attribute>`
  );
}

/**
 * Reads a question strictly: every attribute exactly once, in its category, with its code system; only `mandated` may be
 * absent.
 * @throws XmlError that names the attribute at fault, never its value
 */
export function readClosedQuestion(text: string): ClosedQuestion {
  const envelope = parseXml(text);
  if (envelope.namespace !== namespaces.soap || envelope.name !== 'Envelope')
    throw new XmlError('it is not a SOAP 1.2 envelope');
  const header = onlyElement(envelope, 'Header');
  if (wordsOf(onlyElement(header, 'Action', namespaces.addressing)) !== actions.question)
    throw new XmlError('the action is not known');
  const query = onlyElement(onlyElement(envelope, 'Body'), 'XACMLAuthzDecisionQuery', namespaces.query);
  const request = onlyElement(query, 'Request', namespaces.xacml);
  const value = (name: AttributeName): string => readAttribute(request, name);
  const patient = findBsn(value('patient'));
  const holder = findUra(value('holder'));
  const requester = findUra(value('requester'));
  const category = value('dataCategory');
  if (patient === undefined) throw new XmlError('the patient identifier is not valid');
  if (holder === undefined || requester === undefined)
    throw new XmlError('an organisation identifier is not valid');
  if (!isConsentCategory(category)) throw new XmlError('the data category is not known');
  const mandated = attributesOf(request, 'mandated').length === 0 ? undefined : value('mandated');
  return {
    patient,
    holder,
    requester,
    category,
    holderType: value('holderType'),
    role: value('role'),
    professional: value('professional'),
    requesterType: value('requesterType'),
    purpose: value('purpose'),
    ...(mandated === undefined ? {} : { mandated }),
  };
}

function attributesOf(request: XmlElement, name: AttributeName): XmlElement[] {
  const category =
    (Object.keys(layout) as CategoryName[]).find((candidate) => layout[candidate].includes(name)) ??
    'resource';
  return elementsOf(request, 'Attributes')
    .filter((attributes) => attributes.attributes['Category'] === attributeCategories[category])
    .flatMap((attributes) => elementsOf(attributes, 'Attribute'))
    .filter((attribute) => attribute.attributes['AttributeId'] === attributeIds[name]);
}

function readAttribute(request: XmlElement, name: AttributeName): string {
  const matching = attributesOf(request, name);
  const [attribute] = matching;
  if (attribute === undefined || matching.length !== 1) throw new XmlError(`${name} must be given once`);
  const { type, oid } = systems[name];
  const typed = onlyElement(
    onlyElement(attribute, 'AttributeValue'),
    type === 'II' ? 'InstanceIdentifier' : 'CodedValue',
    namespaces.hl7,
  );
  const [system, value] =
    type === 'II'
      ? [typed.attributes['root'], typed.attributes['extension']]
      : [typed.attributes['codeSystem'], typed.attributes['code']];
  if (system !== oid || value === undefined || value === '')
    throw new XmlError(`${name} has no value of its code system`);
  return value;
}
