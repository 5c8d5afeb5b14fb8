/**
 * What the directory holds (IHE mCSD), and the reference search parameters of each type with the element they look at.
 * Practitioners are not here: there is no legal basis for a national register of them.
 */
export const directoryTypes = {
  Organization: { endpoint: 'endpoint', partof: 'partOf' },
  Endpoint: { organization: 'managingOrganization' },
  HealthcareService: { organization: 'providedBy', location: 'location', endpoint: 'endpoint' },
  Location: { organization: 'managingOrganization', partof: 'partOf', endpoint: 'endpoint' },
  OrganizationAffiliation: {
    'primary-organization': 'organization',
    'participating-organization': 'participatingOrganization',
    endpoint: 'endpoint',
  },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

export type DirectoryType = keyof typeof directoryTypes;

/** The element by which a resource hangs on the organisation that is responsible for it. */
export const ownerElement = {
  Organization: 'partOf',
  Endpoint: 'managingOrganization',
  HealthcareService: 'providedBy',
  Location: 'managingOrganization',
  OrganizationAffiliation: 'organization',
} as const satisfies Record<DirectoryType, string>;

export function findDirectoryType(name: string): DirectoryType | undefined {
  return Object.hasOwn(directoryTypes, name) ? (name as DirectoryType) : undefined;
}

/** Element of a reference search parameter; undefined when the type has no such parameter. */
export function findReferenceElement(type: DirectoryType, parameter: string): string | undefined {
  const parameters: Readonly<Record<string, string>> = directoryTypes[type];
  return Object.hasOwn(parameters, parameter) ? parameters[parameter] : undefined;
}

export interface DirectoryResource {
  readonly resourceType: DirectoryType;
  readonly id: string;
  readonly [element: string]: unknown;
}
