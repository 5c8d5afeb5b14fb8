import { findElement, type XmlElement } from '@samenhang/xml';
import { partsOf, linksOf } from './cda-document.js';

/** A statement of an entry, and where in the entry it stands. */
export interface PlacedStatement {
  readonly element: XmlElement;
  /** Empty for the entry itself. */
  readonly place: string;
}

/** The statements that an organizer groups, at any depth; another statement is its own only member. */
export function membersOf(element: XmlElement, place = ''): PlacedStatement[] {
  if (element.name !== 'organizer') return [{ element, place }];
  return linksOf(element).flatMap((link) =>
    link.statements.flatMap((part) => membersOf(part, `${place}.${link.place}`)),
  );
}

/**
 * Statements of an entry that nothing was made of, outermost first: its members, and what within them tells of an act of its
 * own. What else is within a statement says something about it.
 */
export function unreadStatements(entry: XmlElement, taken: ReadonlySet<XmlElement>): PlacedStatement[] {
  return membersOf(entry).flatMap((member) =>
    isTaken(member.element, taken) ? unreadWithin(member, taken) : [member],
  );
}

function unreadWithin(
  { element, place }: PlacedStatement,
  taken: ReadonlySet<XmlElement>,
): PlacedStatement[] {
  return linksOf(element).flatMap((link) =>
    link.statements.flatMap((part) => {
      const placed = { element: part, place: `${place}.${link.place}` };
      return isActOfItsOwn(part) && !isTaken(part, taken) ? [placed] : unreadWithin(placed, taken);
    }),
  );
}

function isTaken(statement: XmlElement, taken: ReadonlySet<XmlElement>): boolean {
  return taken.has(statement) || partsOf(statement).some((part) => isTaken(part, taken));
}

/** Steps of a dosing name no product. */
function isActOfItsOwn(statement: XmlElement): boolean {
  if (statement.name === 'procedure' || statement.name === 'encounter') return true;
  return (
    (statement.name === 'substanceAdministration' && findElement(statement, 'consumable') !== undefined) ||
    (statement.name === 'supply' && findElement(statement, 'product') !== undefined)
  );
}
