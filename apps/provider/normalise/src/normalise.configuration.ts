import { IsString } from 'class-validator';

export class NormaliseConfiguration {
  /** Folder of releases of the mapping that can be replayed by, beside this one (`node tools/mapping/release.mjs`). */
  @IsString() mappingReleases = '';
}
