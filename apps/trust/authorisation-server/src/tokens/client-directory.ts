import type { RegisteredClient, Scope } from '@samenhang/identity';

/** Withdraws what a care provider registered that stopped. */
export const WINDING_UP: Scope = 'nvi:purge';

/** What each client may act for; looked up at every token request. */
export class ClientDirectory {
  readonly #clients: ReadonlyMap<string, RegisteredClient>;

  constructor(readonly clients: readonly RegisteredClient[]) {
    this.#clients = new Map(clients.map((client) => [client.client_id, client]));
  }

  find(clientId: string): RegisteredClient | undefined {
    return this.#clients.get(clientId);
  }

  /** The client whose wallet this is. */
  findByDid(did: string | undefined): RegisteredClient | undefined {
    return did === undefined ? undefined : this.clients.find((client) => client.did === did);
  }

  mayActFor(clientId: string, organisation: string): boolean {
    const organisations = this.#clients.get(clientId)?.organisations ?? [];
    return organisations.includes('*') || organisations.includes(organisation);
  }

  /** Whether a client has a mandate to wind up care providers that stopped. */
  mayWindUp(clientId: string): boolean {
    return this.#clients.get(clientId)?.scopes.includes(WINDING_UP) === true;
  }

  /** Care-provider type of an organisation as registered with the client, or with any other client that acts for it. */
  findFacilityType(clientId: string, organisation: string): string | undefined {
    const own = this.#clients.get(clientId)?.facilityTypes?.[organisation];
    if (own !== undefined) return own;
    for (const client of this.clients) {
      const type = client.facilityTypes?.[organisation];
      if (type !== undefined) return type;
    }
    return undefined;
  }
}
