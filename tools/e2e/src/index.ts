export { accessibilityTreeOf, type SpokenNode } from './accessibility-tree.js';
export { openBrowser, type Reader, type ReaderOptions } from './browser.js';
export { ConsoleReader } from './console-reader.js';
export { faultsInEveryWay, settled } from './every-way.js';
export { injectionsInto } from './injection.js';
export { focusedName, tabTo } from './keyboard.js';
export { startPortals, type Portals } from './portals.js';
export { faultsOf } from './page-faults.js';
export { spokenPage } from './spoken-page.js';
