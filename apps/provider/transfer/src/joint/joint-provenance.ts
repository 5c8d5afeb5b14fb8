import { identifierSystems, type Ura } from '@samenhang/data-model';
import type { JointType } from './contributions.js';
import type { JointVersion } from './joint-table.js';

const PARTICIPANTS = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';
const OPERATIONS = 'http://terminology.hl7.org/CodeSystem/v3-DataOperation';

/** Who wrote a version, of what, and who is the custodian of the record (http://hl7.org/fhir/R4/provenance.html). */
export function provenanceOf(
  keeper: Ura,
  type: JointType,
  id: string,
  { version, author, professional, lastUpdated, changes }: JointVersion,
): object {
  const organisation = (ura: string): object => ({
    identifier: { system: identifierSystems.ura, value: ura },
  });
  const agent = (code: string, who: object, onBehalfOf?: object): object => ({
    type: { coding: [{ system: PARTICIPANTS, code }] },
    who,
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
  });
  const person = { identifier: { system: identifierSystems.uziPerson, value: professional } };
  return {
    resourceType: 'Provenance',
    id: `${id}-${version}`,
    target: [{ reference: `${type}/${id}/_history/${version}` }],
    recorded: lastUpdated.toISOString(),
    activity: { coding: [{ system: OPERATIONS, code: version === 1 ? 'CREATE' : 'UPDATE' }] },
    agent: [
      professional === null
        ? agent('author', organisation(author))
        : agent('author', person, organisation(author)),
      agent('custodian', organisation(keeper)),
    ],
    ...(version === 1
      ? {}
      : {
          entity: [
            {
              role: 'revision',
              what: {
                reference: `${type}/${id}/_history/${version - 1}`,
                ...(changes.length === 0
                  ? {}
                  : { display: changes.map(({ path, change }) => `${change}: ${path}`).join('; ') }),
              },
            },
          ],
        }),
  };
}
