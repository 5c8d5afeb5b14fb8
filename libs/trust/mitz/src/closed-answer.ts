import { randomUUID } from 'node:crypto';
import { escapeXml, parseXml, wordsOf, XmlError } from '@samenhang/xml';
import { onlyElement } from './message-elements.js';
import { actions, namespaces } from './vocabulary.js';

export const decisions = ['Permit', 'Deny', 'NotApplicable', 'Indeterminate'] as const;
export type ClosedDecision = (typeof decisions)[number];

/** @throws XmlError unless there is one decision, one of the four, in the namespace of XACML 3 */
export function readClosedAnswer(text: string): ClosedDecision {
  const envelope = parseXml(text);
  if (envelope.namespace !== namespaces.soap || envelope.name !== 'Envelope')
    throw new XmlError('it is not a SOAP 1.2 envelope');
  const response = onlyElement(onlyElement(envelope, 'Body'), 'Response', namespaces.xacml);
  const decision = wordsOf(onlyElement(onlyElement(response, 'Result'), 'Decision'));
  const known = decisions.find((candidate) => candidate === decision);
  if (known === undefined) throw new XmlError('the decision is not one of XACML');
  return known;
}

export function writeClosedAnswer(decision: ClosedDecision): string {
  return envelope(
    actions.answer,
    `<xc:Response xmlns:xc="${namespaces.xacml}"><xc:Result><xc:Decision>${decision}</xc:Decision></xc:Result></xc:Response>`,
  );
}

/** SOAP 1.2 fault. `reason` is for people and holds nothing of the question. */
export function writeFault(code: 'Sender' | 'Receiver', reason: string): string {
  return envelope(
    `${namespaces.addressing}/soap/fault`,
    `<soap:Fault><soap:Code><soap:Value>soap:${code}</soap:Value></soap:Code>` +
      `<soap:Reason><soap:Text xml:lang="en">${escapeXml(reason)}</soap:Text></soap:Reason></soap:Fault>`,
  );
}

function envelope(action: string, body: string): string {
  return (
    `<?xml version="1.0" encoding="UTF-8"?>` +
    `<soap:Envelope xmlns:soap="${namespaces.soap}" xmlns:wsa="${namespaces.addressing}"><soap:Header>` +
    `<wsa:Action>${action}</wsa:Action><wsa:MessageID>urn:uuid:${randomUUID()}</wsa:MessageID></soap:Header>` +
    `<soap:Body>${body}</soap:Body></soap:Envelope>`
  );
}
