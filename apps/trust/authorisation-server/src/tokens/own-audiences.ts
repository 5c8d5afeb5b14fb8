/** Which clients are themselves services that tokens are for. */
export class OwnAudiences {
  /** @param findOwnAudience base URL at which a client is a resource server, if it is one */
  constructor(private readonly findOwnAudience: (clientId: string) => string | undefined) {}

  /** Whether a token with this `aud` was meant for the client. */
  isAddressed(clientId: string, audience: unknown): boolean {
    const own = this.findOwnAudience(clientId);
    return (
      own !== undefined &&
      [audience]
        .flat()
        .some((each) => typeof each === 'string' && (each === own || each.startsWith(`${own}/`)))
    );
  }
}
