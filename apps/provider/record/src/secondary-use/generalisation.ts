/**
 * Code systems whose codes mean the same everywhere. A local code can be a text, or name the only place that uses it.
 */
export const publicSystems =
  '^(http://snomed\\.info/sct|http://loinc\\.org|http://www\\.whocc\\.no/atc|http://hl7\\.org/fhir/(sid/)?[a-z0-9/-]+' +
  '|http://terminology\\.hl7\\.org/CodeSystem/[A-Za-z0-9-]+|urn:oid:2\\.16\\.840\\.1\\.113883\\.(6|5|2\\.4\\.4)\\.[0-9.]+)$';

/** From this age on persons are one group: so few reach it that a year of birth is nearly a name. */
export const OLDEST_AGE = 90;

/** What each element rule does, as functions of the record's own schema: nothing finer than their answers leaves it. */
export const generalisationFunctions = `
CREATE OR REPLACE FUNCTION permitted_plain(stated jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $body$
  SELECT CASE
    WHEN jsonb_typeof(stated) IN ('boolean', 'number') THEN stated
    WHEN jsonb_typeof(stated) = 'string' AND stated #>> '{}' ~ '^[a-z][a-z-]{0,31}$' THEN stated
  END
$body$;

CREATE OR REPLACE FUNCTION permitted_coding(stated jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $body$
BEGIN
  IF stated ->> 'system' ~ '${publicSystems}' AND stated ->> 'code' ~ '^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$' THEN
    RETURN jsonb_build_object('system', stated -> 'system', 'code', stated -> 'code');
  END IF;
  RETURN NULL;
END $body$;

CREATE OR REPLACE FUNCTION permitted_concept(stated jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $body$
DECLARE
  form text := jsonb_typeof(stated);
  parts jsonb := CASE WHEN form = 'object' THEN stated -> 'coding' ELSE stated END;
  part jsonb;
  found jsonb := '[]';
BEGIN
  IF parts IS NULL OR jsonb_typeof(parts) <> 'array' THEN RETURN NULL; END IF;
  FOR place IN 0 .. jsonb_array_length(parts) - 1 LOOP
    part := CASE WHEN form = 'object' THEN permitted_coding(parts -> place)
      WHEN jsonb_typeof(parts -> place) = 'object' THEN permitted_concept(parts -> place) END;
    IF part IS NOT NULL THEN found := found || jsonb_build_array(part); END IF;
  END LOOP;
  RETURN CASE WHEN found = '[]' THEN NULL WHEN form = 'object' THEN jsonb_build_object('coding', found) ELSE found END;
END $body$;

CREATE OR REPLACE FUNCTION permitted_quantity(stated jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $body$
  SELECT CASE WHEN jsonb_typeof(stated -> 'value') = 'number' THEN jsonb_strip_nulls(jsonb_build_object(
    'value', stated -> 'value',
    'system', CASE WHEN stated ->> 'system' = 'http://unitsofmeasure.org' THEN stated -> 'system' END,
    'code', CASE WHEN stated ->> 'system' = 'http://unitsofmeasure.org' AND length(stated ->> 'code') <= 32
      THEN stated -> 'code' END)) END
$body$;

CREATE OR REPLACE FUNCTION permitted_moment(stated text, exactness text, days int) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $body$
  SELECT CASE
    WHEN stated !~ '^[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T.*)?)?)?$' THEN NULL
    WHEN exactness = 'year' THEN left(stated, 4)
    WHEN exactness = 'month' THEN left(stated, 7)
    WHEN exactness = 'shifted' AND length(stated) >= 10 THEN to_char(left(stated, 10)::date + days, 'YYYY-MM-DD')
  END
$body$;

CREATE OR REPLACE FUNCTION permitted_period(stated jsonb, exactness text, days int) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $body$
  SELECT jsonb_strip_nulls(jsonb_build_object(
    'start', permitted_moment(stated ->> 'start', exactness, days),
    'end', permitted_moment(stated ->> 'end', exactness, days)))
$body$;

CREATE OR REPLACE FUNCTION permitted_birth_date(stated text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $body$
  SELECT CASE WHEN stated ~ '^[0-9]{4}'
    THEN greatest(left(stated, 4)::int, extract(year FROM now())::int - ${OLDEST_AGE})::text END
$body$;

CREATE OR REPLACE FUNCTION permitted_postcodes(stated jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $body$
  SELECT jsonb_agg(DISTINCT jsonb_build_object('postalCode', left(address ->> 'postalCode', 2)))
  FROM jsonb_array_elements(CASE WHEN jsonb_typeof(stated) = 'array' THEN stated ELSE '[]' END) AS addresses(address)
  WHERE address ->> 'postalCode' ~ '^[1-9][0-9]{3} ?[A-Z]{0,2}$'
$body$;
`;
