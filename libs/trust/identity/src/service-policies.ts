import { ReloadingPolicies } from '@samenhang/authorisation';
import type { ServiceEnvironment } from '@samenhang/service-kit';
import type { Logger } from 'pino';

/**
 * The policies a service decides by: those of the release, or those in the file that `POLICIES_FILE` names. A file that
 * changes is taken over without a restart; one that cannot be used is refused, logged, and changes nothing.
 */
export function servicePolicies(environment: ServiceEnvironment, logger: Logger): Promise<ReloadingPolicies> {
  return ReloadingPolicies.start({
    read: () => environment.readFile('POLICIES_FILE'),
    onChange: (change) => {
      if (change.outcome === 'refused')
        logger.error({ reason: change.reason }, 'policies refused; the old ones stay');
      else logger.info({ version: change.version }, 'policies replaced');
    },
  });
}
