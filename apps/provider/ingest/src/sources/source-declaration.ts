import 'reflect-metadata';
import { Failure, type FailureIssue } from '@samenhang/errors';
import { plainToInstance, Type } from 'class-transformer';
import {
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateNested,
  validateSync,
  type ValidationError,
} from 'class-validator';
import { DropSettings, TableFileSettings } from '../drops/drop-settings.js';
import { PullSettings } from '../fhir/pull-settings.js';
import { MllpSettings } from '../hl7v2/mllp-settings.js';
import { NotificationSettings } from '../subscriptions/notification-settings.js';
import { checkDeclaration } from './check-declaration.js';

export { PullSettings } from '../fhir/pull-settings.js';

export const sourceKinds = ['mllp', 'fhir-push', 'fhir-pull', 'cda', 'table'] as const;
export type SourceKind = (typeof sourceKinds)[number];

export class DeclaredSettings {
  @IsString()
  @Length(1, 500)
  @Matches(/^[a-z][a-z0-9+.-]*:\S+$/, { message: 'must be an absolute URI' })
  localIdentifierSystem!: string;
  @IsString() timeZone!: string;
  @IsString() defaultCharset!: string;
}

/** How a care provider's source system is connected. */
export class SourceDeclaration {
  @IsIn(sourceKinds) kind!: SourceKind;
  @IsString() @Length(1, 200) displayName!: string;
  @ValidateNested() @Type(() => DeclaredSettings) settings!: DeclaredSettings;
  @IsOptional() @ValidateNested() @Type(() => MllpSettings) mllp?: MllpSettings;
  /** Version of FHIR that the source speaks; R4 when not given. */
  @IsOptional() @IsIn(['r4', 'stu3']) fhirVersion?: 'r4' | 'stu3';
  @IsOptional() @ValidateNested() @Type(() => PullSettings) pull?: PullSettings;
  @IsOptional() @ValidateNested() @Type(() => NotificationSettings) notifications?: NotificationSettings;
  @IsOptional() @ValidateNested() @Type(() => DropSettings) drop?: DropSettings;
  @IsOptional() @ValidateNested() @Type(() => TableFileSettings) file?: TableFileSettings;
  /** How the rows of a table become resources. */
  @IsOptional() @IsObject() table?: Record<string, unknown>;
}

/** What a deployment lets sources use; left out where a declaration is only read. */
export interface DeploymentLimits {
  findListenRefusal(host: string, port: number): string | undefined;
  findServerRefusal(url: string): string | undefined;
  readonly hasDropDirectory: boolean;
}

/**
 * A declaration from what an administrator sent.
 * @throws Failure naming each property at fault, all at once
 */
export function readSourceDeclaration(body: unknown, limits?: DeploymentLimits): SourceDeclaration {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Failure('malformed', 'A source declaration is an object');
  }
  // The mapping of a table keeps its form: it has a checker of its own.
  const { table, ...rest } = body as Record<string, unknown>;
  const declaration = plainToInstance(SourceDeclaration, rest);
  if (table !== undefined) Object.assign(declaration, { table });
  const errors = validateSync(declaration, { whitelist: true, forbidNonWhitelisted: true });
  const ofForm = errors.flatMap((error) => describe(error, ''));
  const ofMeaning = checkDeclaration(declaration, limits).filter(
    ({ expression = '' }) => !ofForm.some((issue) => isWithin(expression, issue.expression ?? '')),
  );
  const issues = [...ofForm, ...ofMeaning];
  if (issues.length > 0) throw new Failure('invalid', 'The source declaration is not valid', { issues });
  return declaration;
}

/** What is wrong in form need not be told to be wrong in meaning as well. */
function isWithin(expression: string, faulty: string): boolean {
  return expression === faulty || expression.startsWith(`${faulty}.`) || faulty.startsWith(`${expression}.`);
}

function describe(error: ValidationError, parent: string): FailureIssue[] {
  const expression = parent + error.property;
  const own = Object.entries(error.constraints ?? {}).map(([constraint, text]) => ({
    text:
      constraint === 'whitelistValidation'
        ? 'is not a property that is known here'
        : textOf(text, error.property),
    expression,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => describe(child, `${expression}.`))];
}

/** The place says which property it is. */
function textOf(text: string, property: string): string {
  return text.startsWith(`${property} `) ? text.slice(property.length + 1) : text;
}
