import { IsInt, IsString, Matches, Min } from 'class-validator';

/** What this deployment lets declared sources reach and use. */
export class IngestConfiguration {
  /**
   * `SOURCE_SERVERS`: servers that pulled sources may be on: names, `*.domain`, addresses and networks, separated by
   * commas. Only these are then called. Empty: any server with a public address, over https.
   */
  @IsString() sourceServers = '';
  /** `LISTEN_HOSTS`: addresses that sources may be declared to listen on, separated by commas. */
  @IsString() listenHosts = '127.0.0.1,::1,localhost,0.0.0.0,::';
  /** `LISTEN_PORTS`: first and last port that sources may be declared to listen on. */
  @Matches(/^\d{1,5}-\d{1,5}$/) listenPorts = '1024-65535';
  /** `DROP_DIRECTORY`: folder with a folder for each source that delivers files; empty: no source may. */
  @IsString() dropDirectory = '';
  /** `DELIVERY_MAXIMUM_BYTES`: largest file or stream that a source may deliver. */
  @IsInt() @Min(1) deliveryMaximumBytes = 4 * 1024 * 1024 * 1024;
}
