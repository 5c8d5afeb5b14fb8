export { CitizenNumberVault } from './patients/citizen-number-vault.js';
export { recordService } from './record.service-definition.js';
export { whoseRow, type ExportMember } from './secondary-use/export/export-members.js';
export { addPart } from './secondary-use/export/export-store.js';
export { makeParts, type PartSource } from './secondary-use/export/make-parts.js';
export { minimiser } from './secondary-use/export/minimise.js';
export { readPage } from './secondary-use/export/read-page.js';
