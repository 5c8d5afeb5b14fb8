import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';

const secretName = { message: 'must name a secret: lower-case letters, digits and hyphens' };

/** A sender that is known by its certificate. What is given must hold; the URA is that of a UZI server certificate. */
export class MllpClientRule {
  /** Common name of the certificate's subject. */
  @IsOptional() @IsString() @Length(1, 255) commonName?: string;
  /** Care provider to which the certificate was issued. */
  @IsOptional() @Matches(/^\d{8}$/, { message: 'must be eight digits' }) ura?: string;
}

/** Names of secrets, never key material: declarations lie in the database, keys do not. */
export class MllpTls {
  /** Secret with the certificate (and chain) and private key of the listener. */
  @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/, secretName) certificateSecret!: string;
  /** Secret with the certificate authorities of the senders. Given: every sender must show a certificate of theirs. */
  @IsOptional() @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/, secretName) clientCaSecret?: string;
  /** Senders that are let in; without this, every one whose certificate the authorities issued. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => MllpClientRule)
  clients?: MllpClientRule[];
}

/** Where a source sends its messages, and what it may keep busy. */
export class MllpSettings {
  @IsString() @Length(1, 255) host!: string;
  @IsInt() @Min(1) @Max(65_535) port!: number;
  @IsOptional() @ValidateNested() @Type(() => MllpTls) tls?: MllpTls;
  /** Connections at a time; 1,024 when not given. */
  @IsOptional() @IsInt() @Min(1) @Max(10_000) maximumConnections?: number;
  /** Silence after which a connection is closed; without it, an idle connection stays open as interfaces expect. */
  @IsOptional() @IsInt() @Min(1) @Max(86_400) idleTimeoutSeconds?: number;
  /** How long one message may take to come in whole; 60 when not given. */
  @IsOptional() @IsInt() @Min(1) @Max(3600) messageTimeoutSeconds?: number;
}

/** What holds between the properties of `tls`. */
export function checkMllpTls(tls: MllpTls | undefined): { expression: string; text: string }[] {
  if (tls?.clients === undefined) return [];
  const issues = tls.clients.flatMap((rule, index) =>
    rule.commonName === undefined && rule.ura === undefined
      ? [{ expression: `mllp.tls.clients[${String(index)}]`, text: 'commonName or ura is required' }]
      : [],
  );
  if (tls.clientCaSecret !== undefined) return issues;
  const text = 'clients can only be told apart by certificates of mllp.tls.clientCaSecret';
  return [...issues, { expression: 'mllp.tls.clients', text }];
}
