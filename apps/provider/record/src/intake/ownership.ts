import type { MappingIssue } from '@samenhang/data-model';
import { keyOf, type ResourceState } from '../resources/plan-writes.js';
import type { ReadMessage } from './chunk.js';

/**
 * Messages that would replace a patient's fact which another source of the same care provider stated. The ids that a mapping
 * gives are of one source each; one that is not was taken from elsewhere, and its message is held whole.
 */
export function foreignMessages(
  messages: readonly ReadMessage[],
  stored: readonly ResourceState[],
): ReadonlySet<ReadMessage> {
  const owners = new Map(
    stored
      .filter(({ patientKey, deleted }) => patientKey !== null && !deleted)
      .map((state) => [keyOf(state), state.stamp.sourceId]),
  );
  const isForeign = (message: ReadMessage): boolean =>
    message.changes.some((change) => {
      const owner = owners.get(keyOf(change));
      return owner !== undefined && owner !== change.stamp.sourceId;
    });
  return new Set(messages.filter(isForeign));
}

export const ofAnotherSource: MappingIssue = {
  severity: 'error',
  code: 'resource-of-another-source',
  location: 'changes',
  text: 'The message would replace what another source stated of a patient',
};
