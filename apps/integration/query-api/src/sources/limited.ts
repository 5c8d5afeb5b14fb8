import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Maps with at most `limit` at a time, results in the order of the items. They are started a turn of the event loop apart:
 * the first goes on while the last is still being started.
 */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  let turn: Promise<unknown> = Promise.resolve();
  const workers = Array.from({ length: Math.min(limit, items.length) }, () => {
    const started = turn.then(worker);
    turn = turn.then(() => nextTurn());
    return started;
  });
  await Promise.all(workers);
  return results;
}

/** The promise, or rejection as soon as the signal is aborted, for work that cannot be cancelled itself. */
export async function until<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
