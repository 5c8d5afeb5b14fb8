import { Failure } from '@samenhang/errors';

const LONGEST_LINE = 16 * 1024 * 1024;

/** The lines of an answer as they come in. @throws Failure('upstream') for a line that does not end */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
    if (rest.length > LONGEST_LINE) throw new Failure('upstream', 'A line of the holder does not end');
  }
  if (rest !== '') yield rest;
}
