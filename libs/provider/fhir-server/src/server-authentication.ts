import { IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';

const aSecret = { message: 'must name a secret: lower-case letters, digits and hyphens' };
const SECRET = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** How a service makes itself known at a source's server. Secrets by name, never their content. */
export class ServerAuthentication {
  @IsIn(['smart-backend', 'bearer', 'basic']) kind!: 'smart-backend' | 'bearer' | 'basic';
  /** The private key (JWK), the token, or the password. */
  @Matches(SECRET, aSecret) secret!: string;
  /** `smart-backend`: as registered there; `basic`: the user name. */
  @IsOptional() @IsString() @Length(1, 500) clientId?: string;
  @IsOptional() @IsString() @Length(1, 2000) scope?: string;
  /** Without it, what the server's `.well-known/smart-configuration` says. */
  @IsOptional() @IsString() @Length(1, 2000) tokenUrl?: string;
  @IsOptional() @IsIn(['RS384', 'ES384']) algorithm?: 'RS384' | 'ES384';
}

/** What holds between the properties: each problem with the property it is about. */
export function checkAuthentication(
  auth: ServerAuthentication,
): { readonly property: string; readonly text: string }[] {
  const problems: { property: string; text: string }[] = [];
  if (auth.kind !== 'bearer' && auth.clientId === undefined)
    problems.push({ property: 'clientId', text: `is required with auth.kind ${auth.kind}` });
  if (auth.kind === 'smart-backend' && auth.scope === undefined)
    problems.push({
      property: 'scope',
      text: 'is required with auth.kind smart-backend, such as system/*.rs',
    });
  return problems;
}
