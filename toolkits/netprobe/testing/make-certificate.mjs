import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const OIDS = { commonName: '2.5.4.3', ecdsaWithSha256: '1.2.840.10045.4.3.2', subjectAltName: '2.5.29.17', basicConstraints: '2.5.29.19' };

/**
 * Makes a certificate (X.509, ECDSA P-256) for one test, so that none has to be kept; without an issuer it signs itself.
 * @param {{ name: string, altNames?: string[], from?: Date, to: Date, issuer?: ReturnType<typeof makeCertificate>, isAuthority?: boolean }} wanted
 * @returns {{ name: string, key: string, cert: string, privateKey: import('node:crypto').KeyObject }}
 */
export function makeCertificate({ name, altNames = [], from = new Date(Date.now() - 3_600_000), to, issuer, isAuthority = false }) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid(OIDS.ecdsaWithSha256));
  const extensions = [
    ...(altNames.length > 0 ? [sequence(oid(OIDS.subjectAltName), octets(sequence(...altNames.map(altName))))] : []),
    ...(isAuthority
      ? [sequence(oid(OIDS.basicConstraints), tlv(0x01, Buffer.from([0xff])), octets(sequence(tlv(0x01, Buffer.from([0xff])))))]
      : []),
  ];
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.concat([Buffer.from([0x40]), randomBytes(8)])),
    algorithm,
    nameOf(issuer?.name ?? name),
    sequence(time(from), time(to)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length > 0 ? [tlv(0xa3, sequence(...extensions))] : []),
  );
  const signature = sign('sha256', body, issuer?.privateKey ?? privateKey);
  const cert = pem(sequence(body, algorithm, tlv(0x03, Buffer.concat([Buffer.from([0]), signature]))));
  return { name, key: privateKey.export({ type: 'pkcs8', format: 'pem' }), cert, privateKey };
}

/** A piece of DER: its kind, its length and its content. */
function tlv(kind, content) {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([kind, ...size]), content]);
}

const sequence = (...parts) => tlv(0x30, Buffer.concat(parts));
const octets = (content) => tlv(0x04, content);
const nameOf = (name) => sequence(tlv(0x31, sequence(oid(OIDS.commonName), tlv(0x0c, Buffer.from(name)))));
const time = (date) => tlv(0x18, Buffer.from(`${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`));
const altName = (name) => (/^[\d.]+$/.test(name) ? tlv(0x87, Buffer.from(name.split('.').map(Number))) : tlv(0x82, Buffer.from(name)));
const pem = (der) => `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

function oid(dotted) {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const bytes = rest.flatMap((part) => {
    const groups = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return tlv(0x06, Buffer.from([first * 40 + second, ...bytes]));
}
