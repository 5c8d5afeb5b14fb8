import { describe, expect, it } from 'vitest';
import { messageTypeOf } from './message-type.js';

const hl7 = (text: string): string | undefined => messageTypeOf('hl7v2', Buffer.from(text));

describe('the type of a message', () => {
  it('is MSH-9 of HL7 v2, whatever the delimiters', () => {
    expect(hl7('MSH|^~\\&|A|B|C|D|2026||ADT^A01^ADT_A01|1|P|2.5\rPID|1')).toBe('ADT^A01');
    expect(hl7('MSH$@~\\&$A$B$C$D$2026$$ORU@R01$1$P$2.5\rPID$1')).toBe('ORU^R01');
    expect(hl7('MSH|^~\\&|A|B|C|D|2026||ACK|1|P|2.5')).toBe('ACK');
    expect(hl7('MSH|^~\\&|A\rPID|||||||||x^y')).toBeUndefined();
    expect(hl7('no message')).toBeUndefined();
  });

  it('is the type of the resource in FHIR', () => {
    expect(messageTypeOf('fhir-r4', Buffer.from(' { "resourceType" : "Bundle", "type": "batch"}'))).toBe(
      'Bundle',
    );
    expect(messageTypeOf('fhir-r4', Buffer.from('{"id":"x"}'))).toBeUndefined();
  });
});
