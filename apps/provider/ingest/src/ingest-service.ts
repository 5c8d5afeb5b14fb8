import { portOffsets, type ServiceDefinition } from '@samenhang/service-kit';
import { installBodyStreams } from './body-streams.js';
import { IngestConfiguration } from './ingest.configuration.js';
import { IngestModule } from './ingest.module.js';
import { AddCoverageAndReplays1795400000001 } from './migrations/add-coverage-and-replays.js';
import { AddCoverageInbox1795400000003 } from './migrations/add-coverage-inbox.js';
import { AddFeeds1790000000101 } from './migrations/add-feeds.js';
import { AddRetransmissions1795400000201 } from './migrations/add-retransmissions.js';
import { CreateIngestTables1790000000001 } from './migrations/create-ingest-tables.js';
import { FindMessagesByContent1795400000101 } from './migrations/find-messages-by-content.js';

/** Takes messages from source systems, stores them durably, and sends them on their way. */
export const ingestService: ServiceDefinition = {
  name: 'ingest',
  title: 'Ingest',
  portOffset: portOffsets.ingest,
  module: IngestModule,
  configuration: IngestConfiguration,
  configureHttp: installBodyStreams,
  database: {
    migrations: [
      CreateIngestTables1790000000001,
      AddFeeds1790000000101,
      AddCoverageAndReplays1795400000001,
      AddCoverageInbox1795400000003,
      FindMessagesByContent1795400000101,
      AddRetransmissions1795400000201,
    ],
  },
};
