/**
 * How PostgreSQL plans statements over a permitted source. It takes a list of persons for a few rows, and would look through the
 * whole list for each resource; hashed, it is looked into once. Compiling such statements costs more than it brings.
 */
export const planSettings = { enable_nestloop: 'off', enable_mergejoin: 'off', jit: 'off' } as const;
