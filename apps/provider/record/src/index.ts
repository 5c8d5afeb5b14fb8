export { recordService } from './record.service-definition.js';
export { generalisationFunctions } from './secondary-use/generalisation.js';
export { planSettings } from './secondary-use/plan-settings.js';
export { permittedSource } from './secondary-use/permitted-source.js';
