import { getUra } from '@samenhang/data-model';
import { getBsn } from '@samenhang/patient-identity';
import type { ConsentQuestion } from '@samenhang/consent';
import { describe, expect, it } from 'vitest';
import { writeClosedAnswer, writeFault } from './closed-answer.js';
import { readClosedQuestion } from './closed-question.js';
import { MitzClient, type MitzRequest } from './mitz-client.js';

const question: ConsentQuestion = {
  patient: getBsn('900186021'),
  holder: { ura: getUra('22222222'), facilityType: 'V4' },
  requester: { ura: getUra('11111111'), facilityType: 'Z3' },
  professional: { id: '000095254', roleCode: '01.015' },
  category: 'ObservationLaboratory',
  purposeOfUse: 'TREAT',
};

function clientAnswering(
  respond: (url: string, request: MitzRequest) => Promise<Response> | Response,
  timeoutMs = 1_000,
): MitzClient {
  return new MitzClient({
    baseUrl: 'https://register.example/',
    send: async (url, request) => respond(url, request),
    timeoutMs,
  });
}
const answering = (text: string, status = 200): MitzClient =>
  clientAnswering(() => new Response(text, { status }));

describe('the closed question', () => {
  it('carries every attribute of the national table', async () => {
    let sent: { url: string; request: MitzRequest } | undefined;
    await clientAnswering((url, request) => {
      sent = { url, request };
      return new Response(writeClosedAnswer('Permit'));
    }).ask(question);
    expect(sent?.url).toBe('https://register.example/geslotenautorisatievraag/xacml3');
    expect(sent?.request.headers['content-type']).toMatch(/^application\/soap\+xml/);
    expect(readClosedQuestion(sent?.request.body ?? '')).toEqual({
      patient: '900186021',
      holder: '22222222',
      holderType: 'V4',
      category: 'GGC012',
      role: '01.015',
      professional: '000095254',
      requester: '11111111',
      requesterType: 'Z3',
      purpose: 'TREAT',
    });
    expect(sent?.request.body).toContain('assigningAuthorityName="CIBG"');
    expect(sent?.request.body.match(/IncludeInResult="true"/g)).toHaveLength(9);
  });

  it('names who acts by mandate, beside the professional who is responsible (acceptance scenario 12)', async () => {
    let body = '';
    await clientAnswering((_, request) => {
      body = request.body;
      return new Response(writeClosedAnswer('Permit'));
    }).ask({ ...question, delegate: { id: '900000057' } });
    expect(readClosedQuestion(body)).toMatchObject({
      role: '01.015',
      professional: '000095254',
      mandated: '900000057',
    });
  });

  it('permits on Permit only', async () => {
    expect(await answering(writeClosedAnswer('Permit')).ask(question)).toEqual({
      permit: true,
      reason: 'permit',
    });
    expect(await answering(writeClosedAnswer('Deny')).ask(question)).toEqual({
      permit: false,
      reason: 'deny',
    });
    expect(await answering(writeClosedAnswer('NotApplicable')).ask(question)).toEqual({
      permit: false,
      reason: 'not-applicable',
    });
    expect(await answering(writeClosedAnswer('Indeterminate')).ask(question)).toEqual({
      permit: false,
      reason: 'indeterminate',
    });
  });
});

describe('a register that fails (acceptance scenario 4)', () => {
  const permit = writeClosedAnswer('Permit');
  it.each([
    ['an HTTP error', permit, 500, 'unreachable'],
    ['a SOAP fault', writeFault('Receiver', 'busy'), 500, 'unreachable'],
    ['a fault with status 200', writeFault('Receiver', 'busy'), 200, 'malformed'],
    ['no content', '', 200, 'malformed'],
    ['an empty decision', permit.replace('Permit', ''), 200, 'malformed'],
    ['another spelling', permit.replace('Permit', 'permit'), 200, 'malformed'],
    [
      'a second decision',
      permit.replace('</xc:Result>', '<xc:Decision>Permit</xc:Decision></xc:Result>'),
      200,
      'malformed',
    ],
    [
      'a second result',
      permit.replace(
        '</xc:Response>',
        '<xc:Result><xc:Decision>Deny</xc:Decision></xc:Result></xc:Response>',
      ),
      200,
      'malformed',
    ],
    ['another namespace', permit.replace('schema:wd-17', 'schema:wd-18'), 200, 'malformed'],
    ['a decision outside the result', '<Decision>Permit</Decision>', 200, 'malformed'],
    ['a document type', permit.replace('?>', '?><!DOCTYPE x [<!ENTITY p "Permit">]>'), 200, 'malformed'],
    ['truncated XML', permit.slice(0, -30), 200, 'malformed'],
    ['JSON', '{"Decision":"Permit"}', 200, 'malformed'],
    ['far too much', `${permit}${' '.repeat(300_000)}`, 200, 'malformed'],
  ])('%s', async (_, text, status, reason) => {
    expect(await answering(text, status).ask(question)).toEqual({ permit: false, reason });
  });

  it('a refused connection', async () => {
    const client = clientAnswering(() => Promise.reject(new TypeError('fetch failed')));
    expect(await client.ask(question)).toEqual({ permit: false, reason: 'unreachable' });
  });

  it('silence, within the time allowed', async () => {
    const answer = await clientAnswering(() => new Promise<Response>(() => {}), 50).ask(question);
    expect(answer).toEqual({ permit: false, reason: 'unreachable' });
  });
});

describe('reading a question', () => {
  const read = async (change: (body: string) => string): Promise<unknown> => {
    let body = '';
    await clientAnswering((_url, request) => {
      body = request.body;
      return new Response('');
    }).ask(question);
    return readClosedQuestion(change(body));
  };

  it.each([
    [
      'an attribute missing',
      (body: string) => body.replace(/<xc:Attribute AttributeId="[^"]*subject:role".*?<\/xc:Attribute>/, ''),
    ],
    [
      'an attribute twice',
      (body: string) =>
        body.replace(/(<xc:Attribute AttributeId="[^"]*subject:role".*?<\/xc:Attribute>)/, '$1$1'),
    ],
    ['a number that fails the eleven-test', (body: string) => body.replace('900186021', '123456789')],
    ['another code system', (body: string) => body.replace('2.16.840.1.113883.2.4.6.3', '1.2.3')],
    ['an unknown category', (body: string) => body.replace('GGC012', 'GGC099')],
    ['another action', (body: string) => body.replace('XACMLAuthorizationDecisionQueryRequest', 'Other')],
    [
      'another envelope',
      (body: string) =>
        body.replaceAll(
          'http://www.w3.org/2003/05/soap-envelope',
          'http://schemas.xmlsoap.org/soap/envelope/',
        ),
    ],
  ])('refuses %s, without quoting it', async (_, change) => {
    const error: unknown = await read(change).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ name: 'XmlError' });
    expect(String(error)).not.toMatch(/\d{9}/);
  });

  it('does not depend on prefixes', async () => {
    await expect(
      read((body) => body.replaceAll('xc:', 'any:').replace('xmlns:xc=', 'xmlns:any=')),
    ).resolves.toMatchObject({ category: 'GGC012' });
  });
});
