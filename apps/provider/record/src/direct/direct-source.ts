import 'reflect-metadata';
import { findSourceId, findUra, type SourceId, type Ura } from '@samenhang/data-model';
import { checkAuthentication, ServerAuthentication } from '@samenhang/fhir-server';
import { ConfigurationError, type ServerPolicy } from '@samenhang/service-kit';
import { plainToInstance, Type } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
  validateSync,
  type ValidationError,
} from 'class-validator';

/** A care provider's own FHIR server as it is declared: asked when its data is asked, nothing of it is kept. */
export class DirectSourceDeclaration {
  /** URA of the care provider, one of `TENANTS`. */
  @IsString() tenant!: string;
  /** Names the server in `meta.source` and in what ids are made of: another name is another source. */
  @IsString() sourceId!: string;
  @IsString() @Length(1, 200) displayName!: string;
  @IsString() @Length(1, 2000) @Matches(/^[^?#]+$/) baseUrl!: string;
  /** `stu3`: in the profiles of BgZ 2017. */
  @IsIn(['r4', 'stu3']) fhirVersion!: 'r4' | 'stu3';
  @IsString() @Matches(/^[a-z][a-z0-9+.-]*:\S+$/) localIdentifierSystem!: string;
  @IsOptional() @IsString() timeZone?: string;
  @IsOptional() @ValidateNested() @Type(() => ServerAuthentication) auth?: ServerAuthentication;
  /** Secret with `cert`, `key` and perhaps `ca` in PEM, for a server that asks for a certificate. */
  @IsOptional() @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/) certificate?: string;
  /** So long all that is asked about one patient may take; what is not answered by then is named. */
  @IsOptional() @IsInt() @Min(100) @Max(60_000) timeoutMs?: number;
  /** What the server may send about one patient. */
  @IsOptional() @IsInt() @Min(1_000) @Max(1_073_741_824) maximumBytes?: number;
}

export type DirectSource = Omit<DirectSourceDeclaration, 'tenant' | 'sourceId'> & {
  readonly tenant: Ura;
  readonly sourceId: SourceId;
};

/**
 * The declarations in the file that `DIRECT_SOURCES_FILE` names, by care provider.
 * @throws ConfigurationError naming what is wrong, without any value
 */
export function readDirectSources(
  text: string,
  tenants: ReadonlySet<string>,
  policy: Pick<ServerPolicy, 'findRefusal'>,
): ReadonlyMap<Ura, DirectSource> {
  const list = parseList(text);
  const sources = new Map<Ura, DirectSource>();
  for (const [index, item] of list.entries()) {
    const source = readOne(item, `DIRECT_SOURCES_FILE[${String(index)}]`, policy);
    if (!tenants.has(source.tenant) || sources.has(source.tenant))
      throw new ConfigurationError(
        `record: DIRECT_SOURCES_FILE[${String(index)}].tenant must be one of TENANTS, once`,
      );
    sources.set(source.tenant, source);
  }
  return sources;
}

function parseList(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value;
  } catch (cause) {
    throw new ConfigurationError('record: DIRECT_SOURCES_FILE is not JSON', { cause });
  }
  throw new ConfigurationError('record: DIRECT_SOURCES_FILE is a list of servers');
}

function readOne(item: unknown, place: string, policy: Pick<ServerPolicy, 'findRefusal'>): DirectSource {
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    throw new ConfigurationError(`record: ${place} is an object`);
  const declared = plainToInstance(DirectSourceDeclaration, item);
  const faults = validateSync(declared, { whitelist: true, forbidNonWhitelisted: true }).flatMap(pathsOf);
  const tenant = faults.length === 0 ? findUra(declared.tenant) : undefined;
  const sourceId = faults.length === 0 ? findSourceId(declared.sourceId) : undefined;
  if (faults.length === 0 && tenant === undefined) faults.push('tenant');
  if (faults.length === 0 && sourceId === undefined) faults.push('sourceId');
  const { auth } = declared;
  if (faults.length === 0 && auth !== undefined)
    faults.push(...checkAuthentication(auth).map(({ property }) => `auth.${property}`));
  if (faults.length === 0 && policy.findRefusal(declared.baseUrl) !== undefined) faults.push('baseUrl');
  if (tenant === undefined || sourceId === undefined || faults.length > 0)
    throw new ConfigurationError(`record: ${place}: not usable: ${faults.join(', ')}`);
  return { ...declared, baseUrl: declared.baseUrl.replace(/\/+$/, ''), tenant, sourceId };
}

function pathsOf({ property, children = [] }: ValidationError): string[] {
  return children.length === 0
    ? [property]
    : children.flatMap((child) => pathsOf(child).map((path) => `${property}.${path}`));
}
