import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'ldapts';

const program = '/usr/sbin/slapd';
const schemas = '/etc/ldap/schema';

/** Whether this machine has a directory server; without one, the tests that need it are skipped and say so. */
export const hasDirectory = existsSync(program) && existsSync(schemas);
if (!hasDirectory) process.stderr.write('There is no slapd here: the tests of LDAP are skipped (apt-get install slapd)\n');

/** A running directory server below dc=example,dc=org. */
export interface Directory {
  plain: string;
  encrypted: string;
  /** The certificate of its authority, in PEM. */
  ca: string;
  bindDn: string;
  password: string;
  baseDn: string;
  /** Does something with it as its administrator. */
  change(work: (client: Client) => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

// What of Active Directory is asked for; OIDs of nobody.
const adSchema = [
  `attributetype ( 1.3.6.1.4.1.55555.1 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )`,
  `attributetype ( 1.3.6.1.4.1.55555.2 NAME 'userPrincipalName' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )`,
  `attributetype ( 1.3.6.1.4.1.55555.3 NAME 'objectGUID' EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )`,
  `attributetype ( 1.3.6.1.4.1.55555.4 NAME 'userAccountControl' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )`,
  `objectclass ( 1.3.6.1.4.1.55555.5 NAME 'user' SUP inetOrgPerson STRUCTURAL MAY ( sAMAccountName $ userPrincipalName $ objectGUID $ userAccountControl $ displayName ) )`,
];

/** Starts a directory server on this machine, with a certificate of its own for 127.0.0.1; whoever starts it stops it. */
export async function startDirectory(): Promise<Directory> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-directory-'));
  await mkdir(join(folder, 'data'));
  makeCertificates(folder);
  const [plainPort, encryptedPort] = [await freePort(), await freePort()];
  const baseDn = 'dc=example,dc=org';
  const password = 'the password of the service';
  const rootDn = `cn=root,${baseDn}`;
  const conf = [
    ...['core', 'cosine', 'inetorgperson'].map((name) => `include ${schemas}/${name}.schema`),
    ...adSchema,
    'modulepath /usr/lib/ldap',
    'moduleload back_mdb',
    'moduleload memberof',
    `TLSCACertificateFile ${join(folder, 'ca.pem')}`,
    `TLSCertificateFile ${join(folder, 'server.pem')}`,
    `TLSCertificateKeyFile ${join(folder, 'server.key')}`,
    'sizelimit 500',
    'database mdb',
    `suffix "${baseDn}"`,
    `rootdn "${rootDn}"`,
    'rootpw root',
    `directory ${join(folder, 'data')}`,
    'overlay memberof',
    'access to attrs=userPassword by anonymous auth by * none',
    `access to * by dn.exact="cn=service,${baseDn}" read by * none`,
  ];
  await writeFile(join(folder, 'slapd.conf'), `${conf.join('\n')}\n`);
  const urls = { plain: `ldap://127.0.0.1:${plainPort}`, encrypted: `ldaps://127.0.0.1:${encryptedPort}` };
  // With a level of debugging, even this, it stays a child of the test and ends with it.
  const server = spawn(program, ['-f', join(folder, 'slapd.conf'), '-h', `${urls.plain} ${urls.encrypted}`, '-d', 'none'], {
    stdio: 'ignore',
  });
  const stop = async (): Promise<void> => {
    server.kill();
    await once(server, 'exit');
    await rm(folder, { recursive: true, force: true });
  };
  const change = async (work: (client: Client) => Promise<void>): Promise<void> => {
    const client = new Client({ url: urls.plain });
    await client.bind(rootDn, 'root');
    await work(client);
    await client.unbind();
  };
  await answering(urls.plain);
  await change(async (client) => {
    await client.add(baseDn, { objectClass: ['dcObject', 'organization'], dc: 'example', o: 'Example' });
    for (const ou of ['people', 'groups']) await client.add(`ou=${ou},${baseDn}`, { objectClass: ['organizationalUnit'], ou });
    await client.add(`cn=service,${baseDn}`, {
      objectClass: ['organizationalRole', 'simpleSecurityObject'],
      cn: 'service',
      userPassword: password,
    });
  });
  return { ...urls, ca: await readFile(join(folder, 'ca.pem'), 'utf8'), bindDn: `cn=service,${baseDn}`, password, baseDn, change, stop };
}

function makeCertificates(folder: string): void {
  const openssl = (...args: string[]): void => void execFileSync('/usr/bin/openssl', args, { cwd: folder, stdio: 'ignore' });
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=authority of a test',
  );
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
    '-subj',
    '/CN=directory',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
  );
  openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-out',
    'server.pem',
    '-days',
    '2',
    '-copy_extensions',
    'copy',
  );
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function answering(url: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const client = new Client({ url, connectTimeout: 1_000 });
    try {
      await client.bind('', '');
      return await client.unbind();
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
