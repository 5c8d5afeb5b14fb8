import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../src/command-line.js';

const vectors = new URL('../../../libs/foundation/oprf/vectors/pseudonyms.json', import.meta.url);
const published = JSON.parse(readFileSync(vectors, 'utf8')) as {
  key: string;
  vectors: {
    name: string;
    person: { type: string; value: string };
    recipient: { organisation: string; scope: string };
    input: string;
    element: string;
    pseudonym: string;
  }[];
};

async function run(parameters: readonly string[], input = '') {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    input: Readable.from([input]),
    print: (line: string) => void out.push(line),
    note: (line: string) => void err.push(line),
  };
  const code = await runCommandLine(['pseudonym', ...parameters], terminal);
  return { code, err: err.join('\n'), values: out.length === 0 ? {} : parse(out.join('\n')) };
}

const parse = (text: string) => JSON.parse(text) as Record<string, { hex: string; base64url: string }>;

describe('samenhang pseudonym', () => {
  it.each(published.vectors.filter(({ person }) => person.type === 'BSN'))(
    'goes by hand from a BSN to the published pseudonym: $name',
    async ({ person, recipient, input, element, pseudonym }) => {
      const to = ['--organisation', recipient.organisation, '--scope', recipient.scope];
      const { values: blinded } = await run(['blind', '--bsn', '-', ...to], person.value);
      expect([blinded['input']?.hex, blinded['element']?.hex]).toEqual([input, element]);
      const blindedElement = blinded['blindedElement']?.hex ?? '';
      const { values } = await run(['evaluate', '--key', published.key, '--element', blindedElement]);
      // As it stands on the wire.
      const evaluated = values['evaluatedElement']?.base64url ?? '';
      const factor = blinded['blindFactor']?.base64url ?? '';
      const result = await run(['unblind', '--factor', factor, '--element', evaluated]);
      expect(result.values['pseudonym']?.hex).toBe(pseudonym);
    },
  );

  it('says of a number that fails the eleven-test that no service takes it', async () => {
    const { code, err } = await run(['blind', '--bsn', '999940003']);
    expect([code, err]).toEqual([0, '--bsn fails the eleven-test: no service takes this number']);
    expect((await run(['blind', '--bsn', '999990007'])).err).toBe('');
  });

  it('takes a given factor', async () => {
    const factor = '64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706';
    const { values } = await run(['blind', '--input', '00', '--factor', factor]);
    // RFC 9497 A.1.1.1
    expect(values['blindedElement']?.hex).toBe(
      '609a0ae68c15a3cf6903766461307e5c8bb2f95e7e6550e1ffa2dc99e412803c',
    );
  });

  it.each([
    ['neither person nor input', ['blind']],
    ['a number of eight digits', ['blind', '--bsn', '99999000']],
    ['a factor of zero', ['blind', '--input', '00', '--factor', '00'.repeat(32)]],
    ['the identity', ['evaluate', '--key', published.key, '--element', '00'.repeat(32)]],
    ['a short element', ['unblind', '--factor', published.key, '--element', 'AAAA']],
  ])('is used wrongly with %s: exit code 2, without repeating a key', async (_name, parameters) => {
    const { code, err } = await run(parameters);
    expect(code).toBe(2);
    expect(err).not.toContain(published.key);
  });
});
