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
import { checkAuthentication, ServerAuthentication } from '@samenhang/fhir-server';

export const pullModes = ['search', 'history', 'bulk'] as const;
export type PullMode = (typeof pullModes)[number];

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
  @IsOptional() @ValidateNested() @Type(() => ServerAuthentication) auth?: ServerAuthentication;
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
  for (const { property, text } of auth === undefined ? [] : checkAuthentication(auth))
    add(`auth.${property}`, text);
  if (mode !== 'history' && pull.historyOf !== undefined) add('historyOf', 'only goes with mode history');
  if (mode !== 'bulk' && pull.bulk !== undefined) add('bulk', 'only goes with mode bulk');
  return issues;
}
