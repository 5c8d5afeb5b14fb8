import { normaliseFhir, parseJson } from './fhir/normalise-fhir.js';
import { normaliseHl7v2 } from './hl7v2/normalise-hl7v2.js';
import { currentMapping, type Mapping } from './mapping.js';
import { MessageMapping } from './message-mapping.js';
import { normaliseStu3 } from './stu3/normalise-stu3.js';
import { normaliseCda } from './cda/normalise-cda.js';
import { normaliseRow } from './table/normalise-row.js';
import { MessageRejected, type NormalisedMessage, type SourceMessage } from './source-message.js';

/**
 * A source's message as resources of the Dutch profiles, with what had to be said about it. Deterministic: the same
 * message, settings and mapping give the same result. Bad content never throws; it is rejected with the reason.
 */
export function normaliseMessage(
  message: SourceMessage,
  mapping: Mapping = currentMapping,
): NormalisedMessage {
  const run = new MessageMapping(message, mapping);
  try {
    mapContent(message, run);
  } catch (error) {
    const issues = error instanceof MessageRejected ? error.issues : [...run.issues, unexpected];
    return { outcome: 'rejected', issues, observations: run.observations };
  }
  const { changes, merges, issues, observations } = run;
  return { outcome: 'accepted', changes, merges, issues, observations };
}

function mapContent({ format, content }: SourceMessage, run: MessageMapping): void {
  switch (format) {
    case 'hl7v2':
      normaliseHl7v2(content, run);
      return;
    case 'fhir-r4':
      normaliseFhir(content, run);
      return;
    case 'fhir-stu3':
      normaliseStu3(parseJson(content), run);
      return;
    case 'table-row':
      normaliseRow(parseJson(content), run);
      return;
    case 'cda':
      normaliseCda(content, run);
      return;
  }
}

/** A fault of the mapping itself; the message waits in quarantine for a version that has it mended. */
const unexpected = {
  severity: 'error',
  code: 'mapping-failed',
  location: '$this',
  text: 'The mapping failed on this message',
} as const;
