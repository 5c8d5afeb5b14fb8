import type { errors, Provider } from 'oidc-provider';
import type { Logger } from 'pino';

/** Refusals and failures of the token endpoint. The client and the error code; never a parameter of the request. */
export function logProviderEvents(provider: Provider, logger: Logger): void {
  provider.on('grant.error', (ctx, error: errors.OIDCProviderError) => {
    logger.warn(
      {
        client: ctx.oidc.entities.Client?.clientId,
        refusal: error.error,
        description: error.error_description,
        detail: error.error_detail,
      },
      'token refused',
    );
  });
  provider.on('server_error', (_ctx, error: Error) => {
    logger.error({ error }, 'token request failed');
  });
}
