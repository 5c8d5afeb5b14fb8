import { isDeepStrictEqual } from 'node:util';
import { canonicalBase, identifierSystems, type Ura } from '@samenhang/data-model';
import { Failure, type FailureIssue } from '@samenhang/errors';

/** Which resources several care providers keep together, and the lists in them that each adds to. */
export const jointLists = {
  CarePlan: ['addresses', 'goal', 'activity', 'note'],
  CareTeam: ['participant', 'note'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type JointType = keyof typeof jointLists;

/** By whom an element of a joint record is, and who is its custodian from then on. */
export const contributorExtension = `${canonicalBase}/StructureDefinition/contributor`;

export type Members = Readonly<Record<string, unknown>>;
export interface JointResource extends Members {
  readonly resourceType: JointType;
  readonly id: string;
}

/** One change between two versions: which element, what was done, by whom it was. */
export interface ElementChange {
  readonly path: string;
  readonly change: 'added' | 'changed' | 'removed';
}

const ID = /^[A-Za-z0-9\-.]{1,64}$/;
/** Of the server, or of no meaning for who wrote what. */
const servedElements = new Set(['meta', 'id', 'resourceType', 'text']);

/**
 * The next version as it is stored: everything in it is somebody's. Each element of a list belongs to whoever added it, the
 * rest of the resource to the keeper; an author changes and removes what is its own, and nothing else.
 * @param before undefined for the first version, which is the keeper's
 * @throws Failure('invalid' | 'forbidden') that names every element at fault
 */
export function nextVersion(
  before: JointResource | undefined,
  sent: JointResource,
  author: Ura,
  keeper: Ura,
  newId: () => string,
): JointResource {
  const lists = jointLists[sent.resourceType];
  const faults: FailureIssue[] = [];
  const next: Record<string, unknown> = { ...sent };
  for (const list of lists) {
    const contributions = contributionsOf(list, before?.[list], sent[list], author, newId, faults);
    if (contributions.length > 0) next[list] = contributions;
    else delete next[list];
  }
  if (before !== undefined && author !== keeper) {
    for (const element of headChanges(before, sent))
      faults.push({ code: 'forbidden', text: 'This is for the keeper to change', expression: element });
  }
  if (faults.some(({ code }) => code === 'invalid'))
    throw new Failure('invalid', 'The joint record cannot be read', { issues: faults });
  if (faults.length > 0)
    throw new Failure('forbidden', 'A care provider changes its own contributions only', { issues: faults });
  return next as unknown as JointResource;
}

function contributionsOf(
  list: string,
  before: unknown,
  sent: unknown,
  author: Ura,
  newId: () => string,
  faults: FailureIssue[],
): Members[] {
  const known = new Map(elementsOf(before).map((element) => [String(element['id']), element]));
  const elements = elementsOf(sent);
  const seen = new Set<string>();
  const next = elements.map((element, index): Members => {
    const place = `${list}[${index}]`;
    const { id } = element;
    if (id !== undefined && (typeof id !== 'string' || !ID.test(id) || seen.has(id)))
      faults.push({ code: 'invalid', text: 'an id of its own, or none', expression: `${place}.id` });
    if (typeof id === 'string') seen.add(id);
    const earlier = typeof id === 'string' ? known.get(id) : undefined;
    const of = contributorOf(earlier ?? element);
    if (earlier === undefined) {
      if (of !== undefined && of !== author)
        faults.push({ code: 'forbidden', text: 'A contribution is of who makes it', expression: place });
      return withContributor({ ...element, id: typeof id === 'string' ? id : newId() }, author);
    }
    if (isDeepStrictEqual(earlier, element)) return earlier;
    if (of !== author)
      faults.push({ code: 'forbidden', text: 'This was contributed by another', expression: place });
    return withContributor(element, of ?? author);
  });
  for (const [id, element] of known) {
    if (!seen.has(id) && contributorOf(element) !== author)
      faults.push({
        code: 'forbidden',
        text: `What another contributed is missing (${id})`,
        expression: list,
      });
  }
  return next;
}

/** Whose an element is. */
export function contributorOf(element: Members): string | undefined {
  const extensions = Array.isArray(element['extension']) ? (element['extension'] as Members[]) : [];
  const found = extensions.find(({ url }) => url === contributorExtension)?.['valueReference'];
  const { system, value } = ((found as Members | undefined)?.['identifier'] ?? {}) as Members;
  return system === identifierSystems.ura && typeof value === 'string' ? value : undefined;
}

function withContributor(element: Members, ura: string): Members {
  const others = Array.isArray(element['extension'])
    ? (element['extension'] as Members[]).filter(({ url }) => url !== contributorExtension)
    : [];
  const valueReference = { identifier: { system: identifierSystems.ura, value: ura } };
  return { ...element, extension: [...others, { url: contributorExtension, valueReference }] };
}

/** What differs between two versions, in FHIRPath: for who looked at the older one. */
export function changesBetween(before: JointResource, after: JointResource): ElementChange[] {
  const type = after.resourceType;
  const inLists = jointLists[type].flatMap((list) => {
    const [old, now] = [byId(before[list]), byId(after[list])];
    const ids = [...new Set([...old.keys(), ...now.keys()])];
    return ids.flatMap((id): ElementChange[] => {
      const [was, is] = [old.get(id), now.get(id)];
      if (isDeepStrictEqual(was, is)) return [];
      const change = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
      return [{ path: `${type}.${list}.where(id='${id}')`, change }];
    });
  });
  const head = headChanges(before, after).map((path): ElementChange => ({ path, change: 'changed' }));
  return [...head, ...inLists];
}

function headChanges(before: JointResource, after: JointResource): string[] {
  const lists: readonly string[] = jointLists[after.resourceType];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((element) => !lists.includes(element) && !servedElements.has(element))
    .filter((element) => !isDeepStrictEqual(before[element], after[element]))
    .map((element) => `${after.resourceType}.${element.replaceAll(/[^A-Za-z]/g, '').slice(0, 40)}`)
    .toSorted();
}

function byId(list: unknown): Map<string, Members> {
  return new Map(elementsOf(list).map((element) => [String(element['id']), element]));
}

function elementsOf(list: unknown): Members[] {
  return Array.isArray(list) ? (list as unknown[]).filter(isMembers) : [];
}

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
