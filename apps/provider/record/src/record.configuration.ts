import { tenantsForm } from '@samenhang/data-model';
import { regimesForm } from '@samenhang/consent';
import { Matches } from 'class-validator';

export class RecordConfiguration {
  /**
   * Care providers whose data this node holds, each with its care-provider type, which the consent question needs:
   * `22222222:V4,11111111:Z3`. Only these are served.
   */
  @Matches(tenantsForm)
  tenants = '';
  /** Base URL of Mitz, asked over mutual TLS with the secret `mitz`; without it the consent register of this installation is. */
  @Matches(/^(https:\/\/\S+)?$/) mitzUrl = '';
  /** What silence means, by purpose and first day, beside the present law: `TREAT:2029-03-26:opt-out`. */
  @Matches(regimesForm) consentRegimes = '';
}
