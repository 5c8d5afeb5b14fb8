import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { SecondaryUseConfiguration } from '../configuration.js';
import { FederatedViews } from '../holders/federated-views.js';
import { assertInForce, projectScopeOf } from '../permits/permit.js';
import { PermitService } from '../permits/permit.service.js';
import { PermitsInUse } from '../permits/permits-in-use.js';
import { ProjectRecipients } from '../projects/project-recipients.js';
import { ProjectSecrets } from '../projects/project-secrets.js';
import { sizeKey, sizeOfDataset, sizeView, type DatasetSize, type DatasetSizes } from './dataset-size.js';

const HOUR_MS = 3_600_000;

/**
 * How much there is, counted at the holders under a permit as anybody else's question is: without who objects, in their trail,
 * and over when the permit is. Nobody who reads the catalogue waits for it.
 */
@Injectable()
export class CatalogueSizes implements OnApplicationShutdown {
  #known: DatasetSizes = new Map();
  #askAgainAt = 0;
  #measuring: Promise<void> | undefined;

  constructor(
    private readonly configuration: SecondaryUseConfiguration,
    private readonly permits: PermitService,
    private readonly inUse: PermitsInUse,
    private readonly views: FederatedViews,
    private readonly recipients: ProjectRecipients,
    private readonly secrets: ProjectSecrets,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.#measuring;
  }

  /** What is known now; it is looked up again beside that when it is old. */
  current(): DatasetSizes {
    const { cataloguePermit, catalogueHours } = this.configuration;
    if (cataloguePermit !== '' && this.#measuring === undefined && Date.now() >= this.#askAgainAt) {
      this.#askAgainAt = Date.now() + catalogueHours * HOUR_MS;
      this.#measuring = this.#measure(cataloguePermit)
        .then((sizes) => {
          this.#known = sizes;
        })
        .catch((error: unknown) => {
          // What cannot be counted any more is not told any more: the permit may be over.
          this.#known = new Map();
          this.logger.warn({ error }, 'the sizes of the catalogue cannot be counted');
        })
        .finally(() => {
          this.#measuring = undefined;
        });
    }
    return this.#known;
  }

  async #measure(permitId: string): Promise<DatasetSizes> {
    const permit = await this.permits.get(permitId);
    assertInForce(permit);
    if (permit.outputKind !== 'counts')
      throw new Failure('forbidden', 'The permit of the catalogue is not for counts');
    const key = Buffer.from(await this.secrets.of(permitId), 'base64url');
    const recipient = this.recipients.recipientOf(projectScopeOf(permit));
    const sizes = new Map<string, DatasetSize>();
    await this.inUse.during(permitId, async (signal) => {
      for (const { type, elements } of permit.datasets) {
        const found = new Map<string, DatasetSize>();
        const question = { permit, view: sizeView(type, elements), recipient, signal };
        const holders = await this.views.run(question, (answer) => {
          const about = sizeKey(answer.custodian, type);
          const size = sizeOfDataset(about, answer, key);
          if (size !== undefined) found.set(about, size);
        });
        // Of an answer that was cut off it is not known how much there is.
        for (const { custodian, status } of holders) {
          const size = found.get(sizeKey(custodian, type));
          if (status === 'ok' && size !== undefined) sizes.set(sizeKey(custodian, type), size);
        }
      }
    });
    return sizes;
  }
}
