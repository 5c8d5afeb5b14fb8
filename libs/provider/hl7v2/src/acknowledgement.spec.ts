import { describe, expect, it } from 'vitest';
import { buildAcknowledgement, findHeader, parseMessage, type AcknowledgementOutcome } from './index.js';

const at = new Date('2026-01-02T03:04:05Z');

function answer(
  msh: string,
  outcome: AcknowledgementOutcome = 'accepted',
  encoding: BufferEncoding = 'utf8',
): string | undefined {
  const found = findHeader(Buffer.from(msh, encoding));
  const errors =
    outcome === 'accepted'
      ? []
      : [
          {
            code: '102' as const,
            location: { segment: 'PID', sequence: 1, field: 7 },
            text: 'not a date | at all',
          },
        ];
  return buildAcknowledgement({
    outcome,
    header: found?.header,
    delimiters: found?.delimiters,
    errors,
    controlId: 'A1',
    at,
  })?.toString(encoding);
}

const MSH = 'MSH|^~\\&|HIS^1|ZH|SAM|NODE|20260101||ORU^R01^ORU_R01|77|P|2.5';

describe('buildAcknowledgement', () => {
  it('echoes no byte that delimits frames, as of two messages run into one', () => {
    const glued = answer('MSH|^~\\&|LAB\u000b|NOORD|half\u000bMSH|S\u001c|1||ACK|7|P|2.5\r', 'refused');
    expect(glued).not.toMatch(/[\u000b\u001c]/);
    expect(glued).toContain('|halfMSH|S|LAB|NOORD|');
  });

  it('answers in original mode with sender and receiver swapped', () => {
    expect(answer(`${MSH}\r`)).toBe(
      'MSH|^~\\&|SAM|NODE|HIS^1|ZH|20260102030405+0000||ACK^R01^ACK|A1|P|2.5\rMSA|AA|77\r',
    );
  });

  it('names location, condition and severity in ERR (v2.5)', () => {
    const [, msa, err] = answer(MSH, 'refused')?.split('\r') ?? [];
    expect(msa).toBe('MSA|AR|77');
    expect(err).toBe('ERR||PID^1^7|102^Data type error^HL70357|E||||not a date \\F\\ at all');
  });

  it('uses MSA-3 and ERR-1 before v2.5', () => {
    const [, msa, err] = answer(MSH.replace('|2.5', '|2.4'), 'failed')?.split('\r') ?? [];
    expect(msa).toBe('MSA|AE|77|not a date \\F\\ at all');
    expect(err).toBe('ERR|PID^1^7^102&Data type error&HL70357');
  });

  it('keeps delimiters and character set of the message', () => {
    const text = answer('MSH#$*!@#Zoë#ZH###20260101##ADT$A01#9#P#2.5######8859/1', 'refused', 'latin1');
    expect(text).toContain('MSH#$*!@###Zoë#ZH#');
    expect(text).toContain('#8859/1\r');
    expect(text).toContain('102$Data type error$HL70357');
  });

  it.each([
    ['AL', 'NE', 'accepted', 'CA'],
    ['AL', 'AL', 'refused', 'CR'],
    ['ER', 'NE', 'failed', 'CE'],
    ['ER', 'NE', 'accepted', undefined],
    ['SU', 'NE', 'accepted', 'CA'],
    ['NE', 'NE', 'refused', undefined],
    ['NE', 'AL', 'accepted', 'AA'],
    ['', 'AL', 'failed', 'AE'],
  ] as const)('enhanced mode %s/%s, %s: %s', (accept, application, outcome, code) => {
    const text = answer(`${MSH}|||${accept}|${application}`, outcome);
    expect(text?.split('\r')[1]?.split('|')[1]).toBe(code);
  });

  it('answers what has no readable header', () => {
    expect(answer('garbage', 'refused')).toMatch(
      /^MSH\|\^~\\&\|{5}20260102030405\+0000\|\|ACK\|A1\|P\|2\.5\rMSA\|AR\r/,
    );
  });

  it('gives an answer that parses', () => {
    expect(
      parseMessage(Buffer.from(answer(MSH, 'refused') ?? ''), { defaultCharset: 'ASCII' })
        .segment('ERR')
        ?.field(8).text,
    ).toBe('not a date | at all');
  });
});
