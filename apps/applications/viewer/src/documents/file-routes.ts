import { SamenhangClient, SamenhangFailure } from '@samenhang/client';
import { sendForeignFile, type PortalRoutes } from '@samenhang/portal-server';
import type { ProfessionalSession } from '../professional-session.js';
import { readFileQuestion } from '../view-question.js';
import { readContent } from './file-content.js';
import { openFile } from './open-file.js';

/** Files of documents: one is opened at a time, asked anew of its source in the name of who opens it. */
export function addFileRoutes(routes: PortalRoutes<ProfessionalSession>, queryApiUrl: string): void {
  routes.guarded('POST', '/files', async ({ session, body, signal }) => {
    const { bsn, purpose, file: name } = readFileQuestion(body);
    const client = new SamenhangClient({ baseUrl: queryApiUrl, tokens: session.tokensFor(purpose) });
    const { shown, file } = openFile(readContent(await client.file(bsn, name, signal)));
    return { ...shown, name: session.hold(file) };
  });

  routes.guarded('GET', '/files/:name', ({ session, parameters, query, reply }) => {
    const file = session.findHeld(parameters['name']);
    if (file === undefined) throw new SamenhangFailure('not-found', 'This file is not open any more');
    const isKept = query['keep'] !== undefined;
    return sendForeignFile(reply, isKept ? { ...file, downloadName: nameFor(file.contentType) } : file);
  });
}

const endings: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

/** Nothing of the patient or the source is in it; what may run on the reader's machine has no ending that starts it. */
function nameFor(contentType: string): string {
  return `document.${endings[contentType] ?? 'bin'}`;
}
