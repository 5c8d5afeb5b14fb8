import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';

const aSecret = { message: 'must name a secret: lower-case letters, digits and hyphens' };
const SECRET = /^[a-z0-9][a-z0-9-]{0,62}$/;

export const pullModes = ['search', 'history', 'bulk'] as const;
export type PullMode = (typeof pullModes)[number];

/** How ingest makes itself known at the source's server. Secrets by name, never their content. */
export class PullAuthentication {
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

/** What only bulk export needs. */
export class BulkSettings {
  /** `system`, `patient`, or `group/<id>`. */
  @IsOptional()
  @Matches(/^(?:system|patient|group\/[A-Za-z0-9.-]{1,64})$/, {
    message: 'must be system, patient or group/<id>',
  })
  level?: string;
  /** Further servers (scheme, host, port) that files may be on; they never get the token. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  @Matches(/^https?:\/\/[^/\s]+$/, { each: true, message: 'must be scheme, host and port of a server' })
  fileServers?: string[];
}

/** What is read from the source's FHIR server, how and how often. */
export class PullSettings {
  @IsString() @Length(1, 2000) baseUrl!: string;
  @IsOptional() @IsIn(pullModes) mode?: PullMode;
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(150)
  @IsString({ each: true })
  resourceTypes!: string[];
  @IsInt() @Min(1) @Max(86_400) intervalSeconds!: number;
  @IsOptional() @IsInt() @Min(1) @Max(1000) pageSize?: number;
  /** How far before the last time it is read again: clocks differ, and transactions become visible late. */
  @IsOptional() @IsInt() @Min(0) @Max(86_400) overlapSeconds?: number;
  /** Only with `mode: history`: the history of each type (default), or of the whole system. */
  @IsOptional() @IsIn(['type', 'system']) historyOf?: 'type' | 'system';
  @IsOptional() @ValidateNested() @Type(() => PullAuthentication) auth?: PullAuthentication;
  @IsOptional() @ValidateNested() @Type(() => BulkSettings) bulk?: BulkSettings;
}

interface Issue {
  readonly expression: string;
  readonly text: string;
}

/** What holds between the properties of `pull`. */
export function checkPull(pull: PullSettings): Issue[] {
  const issues: Issue[] = [];
  const add = (property: string, text: string): void =>
    void issues.push({ expression: `pull.${property}`, text });
  const { auth, mode = 'search' } = pull;
  if (/[?#]/.test(pull.baseUrl)) add('baseUrl', 'must hold neither query nor fragment');
  if (auth?.kind !== undefined && auth.kind !== 'bearer' && auth.clientId === undefined)
    add('auth.clientId', `is required with auth.kind ${auth.kind}`);
  if (auth?.kind === 'smart-backend' && auth.scope === undefined)
    add('auth.scope', 'is required with auth.kind smart-backend, such as system/*.rs');
  if (mode !== 'history' && pull.historyOf !== undefined) add('historyOf', 'only goes with mode history');
  if (mode !== 'bulk' && pull.bulk !== undefined) add('bulk', 'only goes with mode bulk');
  return issues;
}
