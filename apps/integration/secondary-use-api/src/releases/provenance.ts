import type { ReleaseManifest } from './release-manifest.js';

const time = (value: string): object => ({ '@value': value, '@type': 'xsd:dateTime' });
const reference = (id: string): object => ({ '@id': id });

/**
 * Where a release comes from, in PROV-O (W3C) as JSON-LD: files that were made under a permit from what custodians gave, and
 * then released. It says no more than the manifest, from which it is made.
 */
export function provenanceOf(manifest: ReleaseManifest, base: string): object {
  const release = `${base}/outputs/${manifest.output}`;
  const permit = `${base}/permits/${manifest.permit.id}`;
  const making = `${release}#making`;
  const platform = `${base}#service`;
  const requester = organisation(manifest.permit.requester);
  const given = manifest.holders.filter(({ status }) => status === 'ok' || status === 'truncated');
  const data = (custodian: string): string => `${release}#data-of-${custodian}`;
  return {
    '@context': {
      prov: 'http://www.w3.org/ns/prov#',
      dct: 'http://purl.org/dc/terms/',
      spdx: 'http://spdx.org/rdf/terms#',
      xsd: 'http://www.w3.org/2001/XMLSchema#',
    },
    '@graph': [
      { '@id': platform, '@type': ['prov:Agent', 'prov:SoftwareAgent'] },
      { '@id': requester, '@type': ['prov:Agent', 'prov:Organization'] },
      { '@id': permit, '@type': ['prov:Entity', 'prov:Plan'], 'prov:wasAttributedTo': reference(requester) },
      ...given.flatMap(({ custodian }) => [
        { '@id': organisation(custodian), '@type': ['prov:Agent', 'prov:Organization'] },
        {
          '@id': data(custodian),
          '@type': 'prov:Entity',
          'prov:wasAttributedTo': reference(organisation(custodian)),
        },
      ]),
      {
        '@id': making,
        '@type': 'prov:Activity',
        'prov:startedAtTime': time(manifest.madeAt),
        'prov:endedAtTime': time(manifest.releasedAt),
        'prov:used': given.map(({ custodian }) => reference(data(custodian))),
        'prov:qualifiedAssociation': {
          '@type': 'prov:Association',
          'prov:agent': reference(platform),
          'prov:hadPlan': reference(permit),
        },
      },
      {
        '@id': release,
        '@type': ['prov:Entity', 'prov:Collection'],
        'prov:wasGeneratedBy': reference(making),
        'prov:wasDerivedFrom': given.map(({ custodian }) => reference(data(custodian))),
        'prov:hadMember': manifest.files.map(({ name }) => reference(`${release}/files/${name}`)),
        'dct:issued': time(manifest.releasedAt),
      },
      ...manifest.files.map(({ name, sha256 }) => ({
        '@id': `${release}/files/${name}`,
        '@type': 'prov:Entity',
        'prov:wasGeneratedBy': reference(making),
        'spdx:checksum': {
          'spdx:algorithm': reference('http://spdx.org/rdf/terms#checksumAlgorithm_sha256'),
          'spdx:checksumValue': { '@value': sha256, '@type': 'xsd:hexBinary' },
        },
      })),
    ],
  };
}

/** By the OID under which organisations have their URA. */
function organisation(ura: string): string {
  return `urn:oid:2.16.528.1.1007.3.3.${ura}`;
}
