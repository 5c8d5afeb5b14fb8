/**
 * The best guess (ridge regression by conjugate gradients) of what each person adds to the answers.
 * @param equations the persons that each answer counts, and by how much the answer differs from what was expected
 */
export function reconstruct(
  persons: number,
  equations: readonly { readonly members: readonly number[]; readonly value: number }[],
  ridge: number,
): number[] {
  const estimate = new Array<number>(persons).fill(0);
  let residual = new Array<number>(persons).fill(0);
  for (const { members, value } of equations)
    for (const person of members) residual[person] = (residual[person] ?? 0) + value;
  let direction = [...residual];
  let size = product(residual, residual);
  for (let round = 0; round < 200 && size > 1e-9; round++) {
    const applied = direction.map((value) => ridge * value);
    for (const { members } of equations) {
      const total = members.reduce((sum, person) => sum + (direction[person] ?? 0), 0);
      for (const person of members) applied[person] = (applied[person] ?? 0) + total;
    }
    const step = size / product(direction, applied);
    direction.forEach((value, person) => (estimate[person] = (estimate[person] ?? 0) + step * value));
    residual = residual.map((value, person) => value - step * (applied[person] ?? 0));
    const next = product(residual, residual);
    direction = residual.map((value, person) => value + (next / size) * (direction[person] ?? 0));
    size = next;
  }
  return estimate;
}

function product(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}
