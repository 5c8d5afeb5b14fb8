import { runServiceProcess } from '@samenhang/service-kit';
import { addressBookService } from './address-book.service-definition.js';

await runServiceProcess(addressBookService);
