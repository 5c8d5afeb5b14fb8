import type { SearchParameter } from '@samenhang/fhir-http';
import { anyOf } from './body-criteria.js';
import { visibleClause, type Visible } from './included-rows.js';
import { isReach, type Reach } from './reach.js';
import type { SearchConditions } from './search-conditions.js';

/** Adds what a criterion asks of a row `r` of this type. */
export type AddCriterion = (conditions: SearchConditions, type: string, criterion: SearchParameter) => void;

/**
 * A criterion about another resource, on `resource r`: there is one that is referred to, or that refers, that the caller may
 * have, and that meets what is asked of it. In the subquery the other resource is `r`, so that criteria are the same for both.
 */
export function reachClause(
  conditions: SearchConditions,
  type: string,
  reach: Reach,
  visible: Visible,
  addCriterion: AddCriterion,
): string {
  const criteria = [...reach.criteria].map(([other, criterion]) => {
    const nested = conditions.nested();
    nested.require(`r.type = ${conditions.value(other)}`);
    if (isReach(criterion)) nested.require(reachClause(conditions, other, criterion, visible, addCriterion));
    else addCriterion(nested, other, criterion);
    return `(${nested.text})`;
  });
  const given = `${visibleClause(conditions, visible, 'r')} AND ${anyOf(criteria)}`;
  const tenant = conditions.value(visible.tenant);
  return reach.direction === 'to'
    ? referredTo(conditions, reach, tenant, given)
    : referring(conditions, { type, reach }, { tenant, visible }, given);
}

function referredTo(
  conditions: SearchConditions,
  { reference }: Reach,
  tenant: string,
  given: string,
): string {
  return `EXISTS (SELECT FROM (SELECT r.links AS links) AS f CROSS JOIN LATERAL unnest(f.links) AS l(link)
      CROSS JOIN LATERAL (SELECT split_part(l.link, '=', 2) AS name) AS t
      CROSS JOIN LATERAL (SELECT FROM resource r WHERE r.tenant = ${tenant}
        AND r.type = split_part(t.name, '/', 1) COLLATE "C" AND r.id = split_part(t.name, '/', 2) COLLATE "C"
        AND ${given} LIMIT 1) AS n
      WHERE split_part(l.link, '=', 1) = ${conditions.value(reference)})`;
}

/** A reference to another Patient of the person means the one that stands for all. */
function referring(
  conditions: SearchConditions,
  { type, reach: { reference } }: { readonly type: string; readonly reach: Reach },
  { tenant, visible: { person } }: { readonly tenant: string; readonly visible: Visible },
  given: string,
): string {
  const others = type === 'Patient' ? person.otherIds.map((id) => `${reference}=Patient/${id}`) : [];
  const links = `array_append(${conditions.value(others)}::text[], ${conditions.value(`${reference}=`)}::text || f.type || '/' || f.id)`;
  return `EXISTS (SELECT FROM (SELECT r.type AS type, r.id AS id) AS f
      CROSS JOIN LATERAL (SELECT FROM resource r WHERE r.tenant = ${tenant}
        AND r.patient_key = ANY(${conditions.value(person.patientKeys)}::bigint[]) AND r.links && ${links}
        AND ${given} LIMIT 1) AS n)`;
}
