import type { ReactNode } from 'react';

/** Says what changed to who cannot see it, when what they are doing leaves room for it. It must be there before it has words. */
export function LiveStatus({
  children,
  isShown = false,
}: {
  readonly children: ReactNode;
  /** Whether it can be read on the page too. */
  readonly isShown?: boolean;
}): ReactNode {
  return (
    <p role="status" className={isShown ? 'utrecht-paragraph' : 'portal-visually-hidden'}>
      {children}
    </p>
  );
}
