import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import {
  currentMapping,
  mappingWithTables,
  mappingWithTerms,
  noSupplement,
  readTableSet,
  type Mapping,
  type SourceMessage,
} from '@samenhang/mapping';
import type { HashDesk, ReleaseAnswer, ReleaseQuestion, ReleaseStart } from './release-protocol.js';
import { writeMessage } from './written-message.js';

// Entry of a release of the mapping (tools/mapping): bundled with the rules and tables of its day, and run in a thread.

const { tables, terms, hashes } = workerData as ReleaseStart;
const say = (answer: ReleaseAnswer): void => parentPort?.postMessage(answer);

function mappingOf(): Mapping | undefined {
  const mapping = withTables();
  return mapping === undefined ? undefined : mappingWithTerms(mapping, terms ?? noSupplement);
}

function withTables(): Mapping | undefined {
  if (tables === undefined) return currentMapping;
  const read = readTableSet(tables.files);
  return 'set' in read ? mappingWithTables(read.set, tables.version) : undefined;
}

function hasherAt({ port, bell }: HashDesk): (bsn: string) => string {
  const signal = new Int32Array(bell);
  return (bsn) => {
    Atomics.store(signal, 0, 0);
    port.postMessage(bsn);
    for (;;) {
      Atomics.wait(signal, 0, 0);
      const answer = receiveMessageOnPort(port) as { message: string } | undefined;
      if (answer !== undefined) return answer.message;
    }
  };
}

const mapping = mappingOf();
const hashBsn = hashes === undefined ? undefined : hasherAt(hashes);
if (mapping === undefined) say({ unreadable: 'The set of tables cannot be read by this release' });
else {
  parentPort?.on('message', ({ id, message, receivedAt }: ReleaseQuestion) => {
    const source: SourceMessage = {
      ...message,
      content: Buffer.from(message.content),
      ...(hashBsn === undefined ? {} : { hashBsn }),
    };
    say({ id, written: JSON.stringify(writeMessage(source, receivedAt, mapping)) });
  });
  say({ ready: mapping.version });
}
