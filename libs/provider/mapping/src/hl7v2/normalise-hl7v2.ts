import { assertHeader, Hl7ParseError, parseMessage, ReadCoverage, type Hl7Message } from '@samenhang/hl7v2';
import type { MessageMapping } from '../message-mapping.js';
import { rejection } from '../source-message.js';
import { observeCoverage, reportUnusedSegments } from './coverage.js';
import { Hl7Run } from './hl7-run.js';
import { findMessageMapping } from './message-mappings.js';

/** HL7 v2 to nl-core. @throws MessageRejected */
export function normaliseHl7v2(content: Buffer, mapping: MessageMapping): void {
  const coverage = new ReadCoverage();
  const message = readMessage(content, mapping.settings.defaultCharset, coverage);
  const run = new Hl7Run(message, mapping);
  if (message.charset.doubtful) {
    run.report(
      'warning',
      'doubtful-character-set',
      { path: 'MSH-18' },
      'The bytes speak against the declared character set',
    );
  }
  checkVersion(run);
  const { code = '', trigger = '' } = message.type;
  const type = safeType(code, trigger);
  mapping.messageType = type;
  try {
    const map = findMessageMapping(code, trigger);
    if (map === undefined)
      throw rejection('unsupported-message-type', 'MSH-9', `Messages of type ${type} are not supported`);
    map(run);
  } finally {
    observeCoverage(message, coverage, type, mapping);
  }
  reportUnusedSegments(mapping);
}

function readMessage(content: Buffer, defaultCharset: string, coverage: ReadCoverage): Hl7Message {
  try {
    const message = parseMessage(content, { defaultCharset, coverage });
    assertHeader(message);
    return message;
  } catch (error) {
    if (!(error instanceof Hl7ParseError)) throw error;
    throw rejection('invalid-message', error.segment, error.message);
  }
}

/** Versions only add: a message of one that is not known yet is read as the latest. */
function checkVersion(run: Hl7Run): void {
  const field = run.message.header.field(12);
  if (/^2\.[1-9](?:\.\d)?$/.test(field.text?.trim() ?? '')) return;
  run.report(
    'warning',
    'unknown-version',
    field,
    'The version is none of HL7 v2; the message is read as the latest',
  );
}

/** A type is repeated only when it looks like one: anything else in its place may be patient data. */
function safeType(code: string, trigger: string): string {
  return /^[A-Z]{3}$/.test(code) && /^[A-Z]{1,2}\d{1,2}$/.test(trigger) ? `${code}^${trigger}` : 'this kind';
}
