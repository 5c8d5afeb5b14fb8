import { sqlName } from './quote.js';

/** Schema of the functions that the SQL of views calls, where the source names none. */
export const supportSchema = 'sql_on_fhir';

/**
 * Creates them; may be run again. They compare and bound dates and times as closures/temporal.ts does.
 *
 * `compare_temporal` gives −1, 0 or 1, and NULL where the precision of one side leaves it open.
 */
export const supportFunctions = `CREATE SCHEMA IF NOT EXISTS ${supportSchema};${supportFunctionsIn(supportSchema)}`;

/** The same for a schema that is there already, of a service that may make none. */
export function supportFunctionsIn(schema: string): string {
  const functions = sqlName(schema);
  return `
CREATE OR REPLACE FUNCTION ${functions}.temporal_parts(moment text) RETURNS numeric[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $body$
DECLARE
  found text[] := regexp_match(moment, '^(\\d{4})(?:-(\\d{2})(?:-(\\d{2})(?:T(\\d{2}):(\\d{2})(?::(\\d{2}(?:\\.\\d+)?))?(Z|[+-]\\d{2}:\\d{2})?)?)?)?$');
  utc timestamp;
BEGIN
  IF found IS NULL THEN
    found := regexp_match(moment, '^(\\d{2})(?::(\\d{2})(?::(\\d{2}(?:\\.\\d+)?))?)?$');
    RETURN array_remove(found::numeric[], NULL);
  END IF;
  IF found[7] IS NULL OR found[7] = 'Z' THEN
    RETURN array_remove(found[1:6]::numeric[], NULL);
  END IF;
  utc := make_timestamp(found[1]::int, found[2]::int, found[3]::int, found[4]::int, found[5]::int, 0)
    - (found[7] || ':00')::interval;
  RETURN array_remove(ARRAY[extract(year FROM utc), extract(month FROM utc), extract(day FROM utc),
    extract(hour FROM utc), extract(minute FROM utc), found[6]::numeric], NULL);
END $body$;

CREATE OR REPLACE FUNCTION ${functions}.compare_temporal(left_side text, right_side text) RETURNS int
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $body$
DECLARE
  a numeric[];
  b numeric[];
  part int;
BEGIN
  IF left_side = right_side THEN RETURN 0; END IF;
  a := ${functions}.temporal_parts(left_side);
  b := ${functions}.temporal_parts(right_side);
  IF a IS NULL OR b IS NULL THEN RETURN NULL; END IF;
  IF cardinality(a) > 3 AND cardinality(b) > 3
    AND (left_side ~ 'T.*(Z|[+-]\\d{2}:\\d{2})$') <> (right_side ~ 'T.*(Z|[+-]\\d{2}:\\d{2})$') THEN
    RETURN NULL;
  END IF;
  FOR part IN 1 .. least(cardinality(a), cardinality(b)) LOOP
    IF a[part] <> b[part] THEN RETURN sign(a[part] - b[part])::int; END IF;
  END LOOP;
  RETURN CASE WHEN cardinality(a) = cardinality(b) THEN 0 END;
END $body$;

CREATE OR REPLACE FUNCTION ${functions}.temporal_boundary(moment text, type text, side text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $body$
DECLARE
  low boolean := side = 'low';
  fill text := CASE WHEN side = 'low' THEN '0' ELSE '9' END;
  found text[];
  month text;
  day text;
BEGIN
  IF type = 'time' THEN
    found := regexp_match(moment, '^(\\d{2})(?::(\\d{2})(?::(\\d{2})(?:\\.(\\d+))?)?)?$');
    IF found IS NULL THEN RETURN NULL; END IF;
    RETURN found[1] || ':' || coalesce(found[2], CASE WHEN low THEN '00' ELSE '59' END) || ':'
      || coalesce(found[3], CASE WHEN low THEN '00' ELSE '59' END) || '.'
      || substr(rpad(coalesce(found[4], ''), greatest(3, length(coalesce(found[4], ''))), fill), 1, 3);
  END IF;
  found := regexp_match(moment, '^(\\d{4})(?:-(\\d{2})(?:-(\\d{2})(?:T(\\d{2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d+))?)?(Z|[+-]\\d{2}:\\d{2})?)?)?)?$');
  IF found IS NULL THEN RETURN NULL; END IF;
  month := coalesce(found[2], CASE WHEN low THEN '01' ELSE '12' END);
  day := coalesce(found[3], CASE WHEN low THEN '01'
    ELSE to_char(make_date(found[1]::int, month::int, 1) + interval '1 month - 1 day', 'DD') END);
  IF type = 'date' THEN RETURN found[1] || '-' || month || '-' || day; END IF;
  RETURN found[1] || '-' || month || '-' || day || 'T'
    || CASE
      WHEN found[4] IS NULL AND low THEN '00:00:00.000'
      WHEN found[4] IS NULL THEN '23:59:59.999'
      ELSE found[4] || ':' || found[5] || ':' || coalesce(found[6], CASE WHEN low THEN '00' ELSE '59' END) || '.'
        || substr(rpad(coalesce(found[7], ''), greatest(3, length(coalesce(found[7], ''))), fill), 1, 3)
    END
    || coalesce(found[8], CASE WHEN low THEN '+14:00' ELSE '-12:00' END);
END $body$;
`;
}
