export { secondaryUseApiService } from './secondary-use-api-service.js';
export { describeDatasets, type CatalogueFacts } from './catalogue/describe-datasets.js';
export type { DatasetSizes } from './catalogue/dataset-size.js';
