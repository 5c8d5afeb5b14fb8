import { type IngestConfiguration } from '../ingest.configuration.js';
import type { ServerPolicy } from '@samenhang/service-kit';
import type { DeploymentLimits } from './source-declaration.js';

/** The limits of a deployment from its configuration. */
export function createLimits(configuration: IngestConfiguration, servers: ServerPolicy): DeploymentLimits {
  const hosts = configuration.listenHosts.split(',').map((host) => host.trim());
  const [first = 0, last = 0] = configuration.listenPorts.split('-').map(Number);
  return {
    hasDropDirectory: configuration.dropDirectory !== '',
    findServerRefusal: (url) => servers.findRefusal(url),
    findListenRefusal: (host, port) => {
      if (!hosts.includes(host))
        return `sources may not listen on this host here (they may on: ${hosts.join(', ')})`;
      if (port < first || port > last) return `sources may listen on ports ${configuration.listenPorts} here`;
      return undefined;
    },
  };
}
