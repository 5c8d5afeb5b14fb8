import { normaliseFhir, parseJson } from './fhir/normalise-fhir.js';
import { currentMapping, type Mapping } from './mapping.js';
import { MessageMapping } from './message-mapping.js';
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
    normaliseFhir(parseJson(message.content), run);
  } catch (error) {
    if (error instanceof MessageRejected) return { outcome: 'rejected', issues: error.issues };
    throw error;
  }
  return { outcome: 'accepted', changes: run.changes, merges: run.merges, issues: run.issues };
}
