export { startInOneProcess } from './embedded-node.js';
export { installationAt, type Installation } from './installation.js';
export { superviseProcesses, type SupervisedService, type Supervisor } from './process-supervisor.js';
export { provision, referenceIndexRecipient, type Provisioned } from './provision.js';
export { serviceFolders, services } from './services.js';
/** For tools: only composition may import an application. */
export { startCitizen } from '@samenhang/citizen';
export { startViewer } from '@samenhang/viewer';
