import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';

/** A source whose FHIR Subscriptions tell when there is something to pull. */
export class NotificationSettings {
  /** Secret that the notifications carry: `Authorization: Bearer …`. */
  @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/, {
    message: 'must name a secret: lower-case letters, digits and hyphens',
  })
  secret!: string;
  /** Notifications within this time start one round of reading; 2 when not given. */
  @IsOptional() @IsInt() @Min(1) @Max(3600) debounceSeconds?: number;
}
