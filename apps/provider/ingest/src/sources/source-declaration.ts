import 'reflect-metadata';
import { Failure, type FailureIssue } from '@samenhang/errors';
import { isResourceType } from '@samenhang/fhir-r4';
import { findEncoding } from '@samenhang/hl7v2';
import { plainToInstance, Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
  validateSync,
  type ValidationError,
} from 'class-validator';
import { checkMllpTls, MllpSettings } from '../hl7v2/mllp-settings.js';

export const sourceKinds = ['mllp', 'fhir-push', 'fhir-pull'] as const;
export type SourceKind = (typeof sourceKinds)[number];

export class DeclaredSettings {
  @IsString()
  @Length(1, 500)
  @Matches(/^[a-z][a-z0-9+.-]*:\S+$/, { message: 'must be an absolute URI' })
  localIdentifierSystem!: string;
  @IsString() timeZone!: string;
  @IsString() defaultCharset!: string;
}

export class PullSettings {
  @IsUrl({
    protocols: ['http', 'https'],
    require_protocol: true,
    require_tld: false,
    disallow_auth: true,
    allow_fragments: false,
    allow_query_components: false,
  })
  baseUrl!: string;
  @IsArray()
  @ArrayNotEmpty()
  @IsString({ each: true })
  resourceTypes!: string[];
  @IsInt() @Min(1) @Max(86_400) intervalSeconds!: number;
  @IsOptional() @IsInt() @Min(1) @Max(1000) pageSize?: number;
}

/** How a care provider's source system is connected. */
export class SourceDeclaration {
  @IsIn(sourceKinds) kind!: SourceKind;
  @IsString() @Length(1, 200) displayName!: string;
  @ValidateNested() @Type(() => DeclaredSettings) settings!: DeclaredSettings;
  @IsOptional() @ValidateNested() @Type(() => MllpSettings) mllp?: MllpSettings;
  @IsOptional() @ValidateNested() @Type(() => PullSettings) pull?: PullSettings;
}

/**
 * A declaration from what an administrator sent.
 * @throws Failure naming each property at fault
 */
export function readSourceDeclaration(body: unknown): SourceDeclaration {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Failure('malformed', 'A source declaration is a JSON object');
  }
  const declaration = plainToInstance(SourceDeclaration, body);
  const errors = validateSync(declaration, { whitelist: true, forbidNonWhitelisted: true });
  const issues = [
    ...errors.flatMap((error) => describe(error, '')),
    ...(errors.length > 0 ? [] : checkMeaning(declaration)),
  ];
  if (issues.length > 0) throw new Failure('invalid', 'The source declaration is not valid', { issues });
  return declaration;
}

function describe(error: ValidationError, parent: string): FailureIssue[] {
  const expression = parent + error.property;
  const own = Object.values(error.constraints ?? {}).map((text) => ({ text, expression }));
  return [...own, ...(error.children ?? []).flatMap((child) => describe(child, `${expression}.`))];
}

/** What holds between the properties, and values that only this installation can judge. */
function checkMeaning({ kind, settings, mllp, pull }: SourceDeclaration): FailureIssue[] {
  const issues: FailureIssue[] = [];
  const add = (expression: string, text: string): void => void issues.push({ expression, text });
  if (settings === undefined) add('settings', 'settings are required');
  else {
    if (!isTimeZone(settings.timeZone)) add('settings.timeZone', 'timeZone must be an IANA time zone');
    if (findEncoding(settings.defaultCharset) === undefined)
      add('settings.defaultCharset', 'this character set is not supported');
  }
  if (kind === 'mllp' && mllp === undefined)
    add('mllp', 'a source of kind mllp needs mllp.host and mllp.port');
  issues.push(...checkMllpTls(mllp?.tls));
  if (kind === 'fhir-pull' && pull === undefined)
    add('pull', 'a source of kind fhir-pull needs pull.baseUrl and pull.resourceTypes');
  for (const type of pull?.resourceTypes ?? []) {
    if (!isResourceType(type)) add('pull.resourceTypes', 'resourceTypes must be resource types of FHIR R4');
  }
  return issues;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}
