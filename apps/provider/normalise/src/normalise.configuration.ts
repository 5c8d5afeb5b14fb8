import { IsInt, IsString, Matches, Max, Min } from 'class-validator';

export class NormaliseConfiguration {
  /** Folder of releases of the mapping that can be replayed by, beside this one (`node tools/mapping/release.mjs`). */
  @IsString() mappingReleases = '';
  /** Base URL of a FHIR R4 terminology server for codes that the tables do not have; without it the tables alone decide. */
  @Matches(/^(https?:\/\/\S*[^\s/])?$/) terminologyServerUrl = '';
  /** So long one question to it may take. */
  @IsInt() @Min(50) @Max(60_000) terminologyTimeoutMs = 2_000;
  /** So long after a chunk of messages is mapped no further question of it is begun. */
  @IsInt() @Min(0) @Max(60_000) terminologyChunkMs = 3_000;
  /** How long an answer is kept, and how long that there is none. */
  @IsInt() @Min(0) @Max(31_536_000) terminologyKeptSeconds = 86_400;
  @IsInt() @Min(0) @Max(31_536_000) terminologyNoneKeptSeconds = 3_600;
}
