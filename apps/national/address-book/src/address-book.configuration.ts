import { IsBoolean, IsInt, Matches, Max, Min } from 'class-validator';
import { directorySourcesForm } from './replica/directory-sources.js';

export class AddressBookConfiguration {
  /** Directories that are followed: `central=<url>`, `federated=<url>=<URA>+<URA>`, separated by commas. */
  @Matches(directorySourcesForm) directorySources = '';
  /** Time between two looks at a directory; the first comes at a random moment of it when there is a copy already. */
  @IsInt() @Min(1) @Max(86_400) directoryIntervalSeconds = 900;
  /** Resources asked for in one page. */
  @IsInt() @Min(1) @Max(1_000) directoryPageSize = 250;
  /** Whether directories get an access token of this installation; the national one has its own certificates. */
  @IsBoolean() directoryTokens = false;
  /** Also http, and addresses inside of a network: for development only. */
  @IsBoolean() directoryInsecure = false;
}
