import { hash } from 'node:crypto';
import { identifierSystems, type Ura } from '@samenhang/data-model';

/** What a row tells of where its resource comes from. */
export interface Origin {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly last_updated: Date;
  readonly received_at: Date;
  readonly source_id: string;
  readonly mapping_version: string;
}

const participant = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';

/**
 * The Provenance of a version of a resource: the care provider has custody of what its source stated, this node assembled
 * it. Its id follows from the version's, so that the same Provenance is given each time.
 */
export function provenanceOf(origin: Origin, tenant: Ura): { id: string; body: string } {
  const { type, id: targetId, version, last_updated: recorded, received_at: received } = origin;
  const target = `${type}/${targetId}/_history/${version}`;
  const id = hash('sha256', `${tenant}/${target}`, 'hex').slice(0, 32);
  const custodian = { identifier: { system: identifierSystems.ura, value: tenant } };
  const resource = {
    resourceType: 'Provenance',
    id,
    target: [{ reference: `${type}/${targetId}` }],
    occurredDateTime: received.toISOString(),
    recorded: recorded.toISOString(),
    agent: [
      { type: { coding: [{ system: participant, code: 'custodian' }] }, who: custodian },
      {
        type: { coding: [{ system: participant, code: 'assembler' }] },
        who: { display: `Samenhang record, mapping ${origin.mapping_version}` },
        onBehalfOf: custodian,
      },
    ],
    entity: [{ role: 'source', what: { display: origin.source_id } }],
  };
  return { id, body: JSON.stringify(resource) };
}
