/**
 * Rows in which wish and reality differ. `wanted` is what the record says, unless the patient objects to being found
 * there (`create-objection.migration.ts`).
 */
export const PENDING = `actual <> CASE WHEN wanted THEN 'present' ELSE 'absent' END`;
