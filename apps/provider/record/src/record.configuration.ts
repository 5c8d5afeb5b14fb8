import { tenantsForm } from '@samenhang/data-model';
import { Matches } from 'class-validator';

export class RecordConfiguration {
  /**
   * Care providers whose data this node holds, each with its care-provider type, which the consent question needs:
   * `22222222:V4,11111111:Z3`. Only these are served.
   */
  @Matches(tenantsForm)
  tenants = '';
}
