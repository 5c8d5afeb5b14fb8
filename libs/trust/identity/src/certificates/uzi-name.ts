import type { X509Certificate } from 'node:crypto';
import { findUra, type Ura } from '@samenhang/data-model';
import { readDer, type DerElement } from './der.js';

const SUBJECT_ALTERNATIVE_NAME = Buffer.from('551d11', 'hex');
/** id-at-serialNumber, under which the UZI register puts its numbers into otherName. */
const UZI_OTHER_NAME = Buffer.from('550505', 'hex');
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const SEQUENCE = 0x30;
/** [0] in GeneralName and in OtherName (RFC 5280 §4.2.1.6). */
const CONTEXT_0 = 0xa0;

/** What the UZI register calls a server. */
export interface UziServerName {
  /** As it stands in the certificate. */
  readonly text: string;
  readonly ura: Ura;
}

/**
 * The UZI register's number: `<OID of the CA>-<version>-<UZI number>-<card type>-<URA>-<role>-<AGB>`, of which type S is a
 * server. Node shows no otherName, so it is read from the certificate itself. A certificate that names two servers names
 * none.
 */
export function findUziServer(certificate: X509Certificate): UziServerName | undefined {
  const servers = otherNamesOf(certificate).flatMap((text): UziServerName[] => {
    const [, , , type, part] = text.split('-');
    const ura = type === 'S' && part !== undefined ? findUra(part) : undefined;
    return ura === undefined ? [] : [{ text, ura }];
  });
  return servers.length === 1 ? servers[0] : undefined;
}

function otherNamesOf(certificate: X509Certificate): string[] {
  const extension = extensionsOf(certificate.raw).find(([identifier]) =>
    SUBJECT_ALTERNATIVE_NAME.equals(identifier?.content ?? Buffer.alloc(0)),
  );
  const value = extension?.find(({ tag }) => tag === OCTET_STRING);
  const [names] = value === undefined ? [] : readDer(value.content);
  return readDer(names?.content ?? Buffer.alloc(0))
    .filter(({ tag }) => tag === CONTEXT_0)
    .flatMap(({ content }) => {
      const [identifier, wrapped] = readDer(content);
      const isUzi = identifier?.tag === OBJECT_IDENTIFIER && identifier.content.equals(UZI_OTHER_NAME);
      const [text] = isUzi && wrapped !== undefined ? readDer(wrapped.content) : [];
      return text === undefined ? [] : [text.content.toString('latin1')];
    });
}

/** Each extension as its elements; extensions stand under [3] at the end of the part that is signed. */
function extensionsOf(certificate: Buffer): DerElement[][] {
  const [outer] = readDer(certificate);
  const [signed] = readDer(outer?.content ?? Buffer.alloc(0));
  const wrapper = readDer(signed?.content ?? Buffer.alloc(0)).find(({ tag }) => tag === 0xa3);
  const [list] = readDer(wrapper?.content ?? Buffer.alloc(0));
  return readDer(list?.content ?? Buffer.alloc(0))
    .filter(({ tag }) => tag === SEQUENCE)
    .map(({ content }) => readDer(content));
}
