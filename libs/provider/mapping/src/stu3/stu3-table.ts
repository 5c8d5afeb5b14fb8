import table from '../tables/stu3.json' with { type: 'json' };

interface TypeRules {
  readonly rename?: Readonly<Record<string, string>>;
  readonly toList?: readonly string[];
  readonly toConcept?: Readonly<Record<string, string>>;
  readonly gone?: readonly string[];
  readonly defaults?: Readonly<Record<string, string>>;
  readonly profile?: string;
}

const types: Readonly<Record<string, TypeRules | undefined>> = table.types;
const systems: ReadonlyMap<string, string> = new Map(Object.entries(table.systems));
const extensions: ReadonlyMap<string, string> = new Map(Object.entries(table.extensions));
const earlierSystems = inverse(systems);
const earlierExtensions = inverse(extensions);
const prefixes = Object.entries(table.systemPrefixes);

export const codesOfObservation: Readonly<Record<string, string | undefined>> = table.codes.observation;
export const dateCriteria: Readonly<Record<string, string | undefined>> = table.codes.dateCriterion;
export const permissions: Readonly<Record<string, string | undefined>> = table.codes.treatmentPermitted;
export const observationProfiles: Readonly<Record<string, string | undefined>> = table.observationProfiles;

export function rulesOf(resourceType: string): TypeRules {
  return types[resourceType] ?? {};
}

/** The name that a code system of STU3 has in R4. */
export function laterSystem(system: string): string {
  const known = systems.get(system);
  if (known !== undefined) return known;
  const prefix = prefixes.find(([earlier]) => system.startsWith(earlier));
  return prefix === undefined ? system : prefix[1] + system.slice(prefix[0].length);
}

export function earlierSystem(system: string): string {
  const known = earlierSystems.get(system);
  if (known !== undefined) return known;
  const prefix = prefixes.find(([, later]) => system.startsWith(later));
  return prefix === undefined ? system : prefix[0] + system.slice(prefix[1].length);
}

export function laterExtension(url: string): string {
  return extensions.get(url) ?? url;
}

export function earlierExtension(url: string): string {
  return earlierExtensions.get(url) ?? url;
}

function inverse(map: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...map].reverse().map(([earlier, later]) => [later, earlier]));
}
