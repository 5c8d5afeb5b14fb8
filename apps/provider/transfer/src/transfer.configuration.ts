import { tenantsForm } from '@samenhang/data-model';
import { IsInt, IsString, Matches, Max, Min } from 'class-validator';

export class TransferConfiguration {
  /** Care providers of this node with their type, as the record has them: only for these is anything sent or received. */
  @Matches(tenantsForm) tenants = '';
  /**
   * Servers of other care providers that may be called, separated by commas: names, `*.domain`, addresses and networks.
   * Without it every public address over https. This service itself may always be called: by one tenant for another.
   */
  @IsString() transferServers = '';
  /** How often the workers look for work when there was none. */
  @IsInt() @Min(10) @Max(60_000) transferPollMilliseconds = 500;
  /** Attempts after which a notification or a pull is given up. */
  @IsInt() @Min(1) @Max(1_000) transferAttempts = 20;
  /** How often is looked whether the care providers that have an open offer are still in the address book. */
  @IsInt() @Min(1) @Max(86_400) transferCheckSeconds = 900;
  /** Bytes that one answer of another care provider may have. */
  @IsInt() @Min(1_000) @Max(268_435_456) transferMaximumBytes = 20_971_520;
}
