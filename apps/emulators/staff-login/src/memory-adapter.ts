import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

/** What the provider remembers of one kind, until it stops. */
class MemoryAdapter implements Adapter {
  readonly #found = new Map<string, AdapterPayload>();

  upsert(id: string, payload: AdapterPayload, expiresInSeconds: number): Promise<void> {
    this.#found.set(id, { ...payload, exp: Math.floor(Date.now() / 1_000) + expiresInSeconds });
    return Promise.resolve();
  }

  find(id: string): Promise<AdapterPayload | undefined> {
    const payload = this.#found.get(id);
    const isOver = (payload?.exp ?? Infinity) * 1_000 < Date.now();
    return Promise.resolve(isOver ? undefined : payload);
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return Promise.resolve([...this.#found.values()].find((payload) => payload.uid === uid));
  }

  findByUserCode(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  consume(id: string): Promise<void> {
    const payload = this.#found.get(id);
    if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1_000);
    return Promise.resolve();
  }

  destroy(id: string): Promise<void> {
    this.#found.delete(id);
    return Promise.resolve();
  }

  revokeByGrantId(grantId: string): Promise<void> {
    for (const [id, payload] of this.#found) if (payload.grantId === grantId) this.#found.delete(id);
    return Promise.resolve();
  }
}

/** One for each kind of thing, made when it is first asked for. */
export function memoryAdapters(): AdapterFactory {
  const kinds = new Map<string, MemoryAdapter>();
  return (kind) => {
    const adapter = kinds.get(kind) ?? new MemoryAdapter();
    kinds.set(kind, adapter);
    return adapter;
  };
}
