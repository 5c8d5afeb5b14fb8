import type { ConsentQuestion } from '@samenhang/consent';
import { getUra } from '@samenhang/data-model';
import { getBsn } from '@samenhang/patient-identity';
import { issueMutualTls } from '@samenhang/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MitzClient, mutualTlsSend, registerClient, type MutualTlsCredentials } from '../src/index.js';
import { MitzEmulator } from './mitz-emulator.js';

const question: ConsentQuestion = {
  patient: getBsn('900186021'),
  holder: { ura: getUra('22222222'), facilityType: 'V4' },
  requester: { ura: getUra('11111111'), facilityType: 'Z3' },
  professional: { id: '000095254', roleCode: '01.015' },
  category: 'ObservationLaboratory',
  purposeOfUse: 'TREAT',
};

describe('Mitz over mutual TLS', () => {
  const certificates = issueMutualTls('holder');
  let mitz: MitzEmulator;
  let url: string;
  beforeAll(async () => {
    mitz = new MitzEmulator(certificates);
    url = await mitz.start();
  });
  afterAll(() => mitz.close());

  const clientOf = (change: Partial<MutualTlsCredentials> = {}): MitzClient => {
    const credentials = { ...certificates.client, authority: certificates.authority, ...change };
    return registerClient({ mitzUrl: url, credentials: () => credentials, own: refused });
  };
  const refused = (): never => {
    throw new RangeError('Not asked of the register of this installation');
  };

  it('answers who shows the certificate of a holder', async () => {
    expect(await clientOf().ask(question)).toEqual({ permit: true, reason: 'permit' });
    expect(mitz.callers).toEqual(['holder']);
    expect(mitz.questions).toMatchObject([{ holder: '22222222', category: 'GGC012', purpose: 'TREAT' }]);
  });

  it('is a no to a stranger, and to who does not know the register by its authority', async () => {
    const refused = { permit: false, reason: 'unreachable' };
    const before = mitz.questions.length;
    expect(await clientOf(certificates.stranger).ask(question)).toEqual(refused);
    expect(await clientOf({ authority: certificates.stranger.certificate }).ask(question)).toEqual(refused);
    expect(mitz.questions).toHaveLength(before);
  });

  it('is not asked where the installation has a register of its own', async () => {
    const before = mitz.questions.length;
    const send = async (): Promise<never> => Promise.reject(new Error('away'));
    const own = registerClient({ mitzUrl: '', credentials: refused, own: () => ({ baseUrl: url, send }) });
    expect(await own.ask(question)).toEqual({ permit: false, reason: 'unreachable' });
    expect(mitz.questions).toHaveLength(before);
  });

  it('is never asked without TLS', async () => {
    const send = mutualTlsSend({ ...certificates.client, authority: certificates.authority });
    const client = new MitzClient({ baseUrl: url.replace('https', 'http'), send });
    expect(await client.ask(question)).toEqual({ permit: false, reason: 'unreachable' });
  });
});
