import { describe, expect, it } from 'vitest';
import { splitSourceFile } from './source-file.js';

const split = (text: string, encoding: BufferEncoding = 'utf8') =>
  splitSourceFile(Buffer.from(text, encoding)).map(({ format, content, line }) => ({
    format,
    text: content.toString(encoding),
    line,
  }));

describe('messages in a source file', () => {
  it('is one FHIR resource, on one line or many', () => {
    expect(split('{\n  "resourceType": "Patient"\n}\n')).toMatchObject([
      { format: 'fhir-r4', line: undefined },
    ]);
    expect(split('\ufeff{"resourceType":"Patient"}')).toEqual([
      { format: 'fhir-r4', text: '{"resourceType":"Patient"}', line: undefined },
    ]);
  });

  it('is one resource a line in NDJSON', () => {
    expect(split('{"a":1}\r\n\r\n{"b":2}\n')).toEqual([
      { format: 'fhir-r4', text: '{"a":1}', line: 1 },
      { format: 'fhir-r4', text: '{"b":2}', line: 3 },
    ]);
  });

  it.each(['\r', '\n', '\r\n'])('is one HL7 v2 message after another, whatever ends a segment', (end) => {
    expect(split(['FHS|x', 'MSH|^~\\&|a', 'PID|1', 'MSH|^~\\&|b', 'PID|2', 'FTS|1', ''].join(end))).toEqual([
      { format: 'hl7v2', text: 'MSH|^~\\&|a\rPID|1\r', line: 2 },
      { format: 'hl7v2', text: 'MSH|^~\\&|b\rPID|2\r', line: 4 },
    ]);
  });

  it('keeps the bytes of any character set, and drops MLLP framing', () => {
    expect(split('\u000bMSH|^~\\&|é\rPID|ü\r\u001c\r', 'latin1')).toEqual([
      { format: 'hl7v2', text: 'MSH|^~\\&|é\rPID|ü\r', line: undefined },
    ]);
  });

  it('is one message that nobody can read, when it looks like nothing', () => {
    expect(split('')).toHaveLength(1);
    expect(split('hello')).toHaveLength(1);
  });
});
