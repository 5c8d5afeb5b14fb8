export { openBrowser, type Reader, type ReaderOptions } from './browser.js';
export { checkPage, type PageCheck } from './check-page.js';
export { ConsoleReader } from './console-reader.js';
export { focusedName, tabTo } from './keyboard.js';
export { startPortals, type Portals } from './portals.js';
