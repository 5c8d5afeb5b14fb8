import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
} from 'class-validator';

/** A folder of the source's own under the deployment's drop directory, from which files are taken. */
export class DropSettings {
  /** When a file is complete: its size no longer changes, or a file `<name>.done` lies beside it. */
  @IsIn(['stable', 'marker']) complete!: 'stable' | 'marker';
  /** How often the folder is looked at; 5 when not given. */
  @IsOptional() @IsInt() @Min(1) @Max(3600) intervalSeconds?: number;
}

/** How the files of a table are written. */
export class TableFileSettings {
  @IsIn(['csv', 'ndjson']) format!: 'csv' | 'ndjson';
  @IsOptional() @IsString() encoding?: string;
  @IsOptional() @IsIn([',', ';', '\t', '|']) delimiter?: string;
  /** Names of the columns, for files without a header line. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(1000)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  columns?: string[];
}
