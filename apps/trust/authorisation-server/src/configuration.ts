import { IsInt, IsString, Max, Min } from 'class-validator';

/** Settings of the authorisation server. Lists are separated by commas. */
export class AuthorisationServerConfiguration {
  /** JWKS addresses whose Dezi statements are accepted; empty: that of the Dezi service of this installation. */
  @IsString()
  deziKeys = '';

  /** Levels of assurance of a Dezi statement that are high enough. */
  @IsString()
  deziLevels = 'http://eidas.europa.eu/LoA/substantial,http://eidas.europa.eu/LoA/high';

  /** Registers a role code may come from (`rol_code_bron`). */
  @IsString()
  deziRoleSources = 'http://www.dezi.nl/rol_bron/big';

  /** Base URL of the citizens' login; empty: the stand-in of this installation. */
  @IsString()
  citizenLoginUrl = '';

  /** How long emergency access holds after it was declared. */
  @IsInt()
  @Min(1)
  @Max(30)
  emergencyMinutes = 30;

  /** Servers that `did:web` of wallets may be on: names, `*.domain`, addresses, networks; empty: any public one. */
  @IsString()
  didServers = '';

  /** DIDs that state of which type a care provider is (HealthcareProviderRoleTypeCredential). */
  @IsString()
  roleTypeIssuers = '';

  /** How long a new signing key is published before it signs: longer than anybody keeps the published keys. */
  @IsInt()
  @Min(6)
  @Max(86_400)
  signingKeyLeadSeconds = 660;
}

export function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
