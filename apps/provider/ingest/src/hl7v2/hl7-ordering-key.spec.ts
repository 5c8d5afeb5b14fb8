import type { SourceId, Ura } from '@samenhang/data-model';
import { parseMessage } from '@samenhang/hl7v2';
import { PatientKeyring } from '@samenhang/patient-identity';
import { describe, expect, it } from 'vitest';
import type { Source } from '../sources/source.js';
import { hl7OrderingKey, orderingKeyOfSource } from './hl7-ordering-key.js';

const keyring = new PatientKeyring(Buffer.alloc(32, 1));
const source = {
  tenant: '22222222' as Ura,
  id: 'his' as SourceId,
  declaration: { settings: { localIdentifierSystem: 'urn:local' } },
} as Source;

function keyOf(identifiers: string): string {
  const content = Buffer.from(`MSH|^~\\&|||||2026||ADT^A01|1|P|2.5\rPID|1||${identifiers}`);
  return hl7OrderingKey(parseMessage(content, { defaultCharset: 'ASCII' }), source, keyring);
}

const bsn = '900186021^^^NLMINBIZA^NNNLD';

describe('hl7OrderingKey', () => {
  it('is the same with and without BSN, in any order of the identifiers', () => {
    expect(keyOf(`123^^^^PI~${bsn}`)).toBe(keyOf('123^^^^PI'));
    expect(keyOf(`${bsn}~123^^^^PI`)).toBe(keyOf('123'));
  });

  it('tells assigning authorities apart', () => {
    expect(keyOf('123^^^A^PI')).not.toBe(keyOf('123^^^B^PI'));
  });

  it('does not depend on the order in which a system lists its numbers', () => {
    expect(keyOf('V9^^^H^VN~77^^^H^MR~123^^^A^PI')).toBe(keyOf('123^^^A^PI~77^^^H^MR'));
    expect(keyOf('V9^^^H^VN~77^^^H^MR')).toBe(keyOf('77^^^H^MR'));
  });

  it.each(['A34', 'A40', 'A47'])(
    'puts the merge %s into the stream of the patient that survives',
    (trigger) => {
      const content = Buffer.from(
        `MSH|^~\\&|||||2026||ADT^${trigger}|1|P|2.5\rPID|1||123^^^^PI\rMRG|77^^^^PI\rPID|2||456^^^^PI`,
      );
      const message = parseMessage(content, { defaultCharset: 'ASCII' });
      expect(hl7OrderingKey(message, source, keyring)).toBe(keyOf('123^^^^PI'));
    },
  );

  it('falls back on the BSN, then on the source', () => {
    expect(keyOf(bsn)).not.toBe(orderingKeyOfSource(source, keyring));
    expect(keyOf(bsn)).not.toContain('900186021');
    expect(keyOf('')).toBe(orderingKeyOfSource(source, keyring));
    expect(keyOf('^^^NLMINBIZA^NNNLD')).toBe(orderingKeyOfSource(source, keyring));
  });
});
