import type { BucketDigest, RegistrationBucket } from '@samenhang/localisation';

/** Buckets that hold something else here than there. */
export function differingBuckets(
  here: readonly BucketDigest[],
  there: readonly BucketDigest[],
): RegistrationBucket[] {
  const contents = new Map<string, { bucket: RegistrationBucket; here?: string; there?: string }>();
  for (const [side, digests] of [
    ['here', here],
    ['there', there],
  ] as const) {
    for (const { category, bucket, count, digest } of digests) {
      const name = `${category} ${bucket}`;
      const known = contents.get(name) ?? { bucket: { category, bucket } };
      contents.set(name, { ...known, [side]: `${count} ${digest}` });
    }
  }
  return [...contents.values()].filter((each) => each.here !== each.there).map(({ bucket }) => bucket);
}

/** What is in the one and not in the other. */
export function without(one: readonly string[], other: readonly string[]): string[] {
  const known = new Set(other);
  return one.filter((id) => !known.has(id));
}
