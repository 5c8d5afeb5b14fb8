import { describe, expect, it } from 'vitest';
import { defaultDataDirectory } from './data-directory.js';

describe('default data directory', () => {
  it('is in the checkout for an ordinary user', () => {
    expect(defaultDataDirectory(1000, '/home/anna/my checkout/')).toBe('/home/anna/my checkout/.data');
  });

  it('is where the database user can reach it for root', () => {
    expect(defaultDataDirectory(0, '/root/samenhang/')).toBe('/var/tmp/samenhang-0');
  });
});
