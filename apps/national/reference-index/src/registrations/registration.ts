import type { DataCategory, Ura } from '@samenhang/data-model';

/** A localisation record: this custodian holds data of this category, in this source, for one pseudonym. */
export interface Registration {
  readonly id: string;
  readonly custodian: Ura;
  readonly category: DataCategory;
  readonly source: string;
  readonly createdAt: Date;
}

export interface NewRegistration {
  readonly id: string;
  readonly pseudonymHash: Buffer;
  readonly keyVersion: number;
  readonly custodian: Ura;
  readonly category: DataCategory;
  readonly source: string;
}

/** Narrows a search or a deletion within one custodian. Each member that is absent does not narrow. */
export interface RegistrationFilter {
  /** One person under all versions that the token carries. */
  readonly pseudonymHashes?: readonly Buffer[];
  readonly source?: string;
  /** First two hexadecimal digits of the id: the parts in which a digest is taken. */
  readonly bucket?: string;
  readonly categories?: readonly DataCategory[];
}
